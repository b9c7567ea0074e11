"""Which well-lit path, and which model."""

from llmd_tui.commands.talk import say
from llmd_tui.draft.serving import laid_out
from llmd_tui.plain.ask import Option
from llmd_tui.plain.flow import Question
from llmd_tui.plain.interview import Interview, not_taken
from llmd_tui.plan.offers import path_offers
from llmd_tui.plan.serving.layout import Layout
from llmd_tui.presets.models import language_models
from llmd_tui.presets.paths import well_lit_path
from llmd_tui.presets.sizes import size
from llmd_tui.rollout.words import many

MODEL = "path.model"


def _ask_path(ask: Interview) -> None:
    on = size(ask.draft.value("pool.size").text)
    offers = path_offers(on, ask.session.nodes)
    options = [
        Option(each.path.name, each.path.name, each.path.title, each.fit.reason.removeprefix(f"{each.path.name} "))
        for each in offers
    ]
    ask.draft.follow(ask.choose("Well-lit path", options, ask.session.path_name))


def _ask_model(ask: Interview) -> None:
    """What cannot be laid out is told, and again before the plan."""
    chosen = ask.session.path_name
    path = well_lit_path(chosen)
    titles = {model.name: model.title for model in language_models()}
    models = [Option(name, name, titles.get(name, "")) for name in path.models]
    if len(models) == 1:
        say(f"Model: {models[0].text}, the only one of {chosen}.")
    else:
        ask.draft.set(MODEL, ask.choose("Model", models, ask.draft.value(MODEL).text))
    _tell_layout(ask)


def _tell_layout(ask: Interview) -> None:
    on = size(ask.draft.value("pool.size").text)
    layout = laid_out(ask.draft)
    if not isinstance(layout, Layout):
        not_taken(layout)
        return
    pods = " and ".join(many(role.pods, f"{role.role} pod") for role in layout.roles)
    say(f"{pods} use {layout.gpus} of {ask.session.nodes * on.gpu.count} GPUs; the model fits.")


PATH_AND_MODEL = (Question(_ask_path), Question(_ask_model))
