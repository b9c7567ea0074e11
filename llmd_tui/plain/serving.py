"""Which well-lit path, and which model."""

from llmd_tui.commands.talk import say
from llmd_tui.draft.serving import laid_out
from llmd_tui.plain.ask import Option
from llmd_tui.plain.interview import Interview, not_taken
from llmd_tui.plan.offers import path_offers
from llmd_tui.plan.serving.layout import Layout
from llmd_tui.presets.models import language_models
from llmd_tui.presets.paths import well_lit_path
from llmd_tui.presets.sizes import Size, size
from llmd_tui.rollout.words import many

MODEL = "path.model"


def ask_path(ask: Interview) -> None:
    """What cannot be laid out is told, and again before the plan."""
    on = size(ask.draft.value("pool.size").text)
    offers = path_offers(on, ask.session.nodes)
    options = [
        Option(each.path.name, each.path.name, each.path.title, each.fit.reason.removeprefix(f"{each.path.name} "))
        for each in offers
    ]
    chosen = ask.choose("Well-lit path", options, ask.session.path_name)
    if not chosen:
        return
    ask.draft.follow(chosen)
    path = well_lit_path(chosen)
    titles = {model.name: model.title for model in language_models()}
    models = [Option(name, name, titles.get(name, "")) for name in path.models]
    if len(models) == 1:
        say(f"Model: {models[0].text}, the only one of {chosen}.")
    else:
        ask.draft.set(MODEL, ask.choose("Model", models, ask.draft.value(MODEL).text))
    _tell_layout(ask, on)


def _tell_layout(ask: Interview, on: Size) -> None:
    layout = laid_out(ask.draft)
    if not isinstance(layout, Layout):
        not_taken(layout)
        return
    pods = " and ".join(many(role.pods, f"{role.role} pod") for role in layout.roles)
    say(f"{pods} use {layout.gpus} of {ask.session.nodes * on.gpu.count} GPUs; the model fits.")
