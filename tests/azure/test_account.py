"""Which subscriptions and tenants there are to choose from, before and after Azure has said so."""

from llmd_tui.azure.account import choosable, without_subscription
from llmd_tui.azure.listed import Subscription, Tenant
from llmd_tui.azure.profile import ProfileSubscription

OWN, OTHER, THIRD = "t-own", "t-other", "t-third"


def known(name: str, tenant: str = OWN, *, state: str = "Enabled", cloud: str = "AzureCloud") -> ProfileSubscription:
    """As the Azure CLI keeps it."""
    return ProfileSubscription(
        id=name,
        name=name,
        tenant=tenant,
        tenant_name="",
        tenant_domain="",
        state=state,
        default=False,
        cloud=cloud,
        user="ada@contoso.com",
    )


PROFILE = (
    known("ml"),
    known("foreign", OTHER),
    known("late", state="PastDue"),
    known("gov", cloud="AzureUSGovernment"),
    known("N/A(tenant level account)", THIRD),
)
TENANTS = (Tenant(OWN, "Contoso", ""), Tenant(OTHER, "Fabrikam", "fabrikam.com"), Tenant(THIRD, "", "third.com"))


def test_before_azure_answers_the_profile_is_all_there_is() -> None:
    found = choosable(PROFILE, None)
    assert [each.name for each in found] == ["ml", "foreign", "late"]
    assert not any(each.tenant or each.confirmed or each.reason for each in found)
    assert found[2].words == "PastDue: its payment is overdue, Azure may switch it off, of t-own"


def test_then_as_azure_says() -> None:
    listed = [
        Subscription("ml", "ml", OWN, "Enabled", "EnterpriseAgreement_2014-09-01"),
        Subscription("off", "off", OWN, "Disabled", ""),
        Subscription("trial", "trial", OWN, "Enabled", "FreeTrial_2014-09-01"),
        Subscription("due", "due", OWN, "Warned", ""),
    ]
    found = choosable(PROFILE, listed, TENANTS)
    assert [(each.name, each.tenant, each.words, each.reason) for each in found] == [
        ("ml", "", "", ""),
        ("trial", "", "FreeTrial: holds no GPU quota", ""),
        ("due", "", "Warned: its payment is due", ""),
        ("foreign", OTHER, "of Fabrikam", ""),
        ("late", OWN, "PastDue: its payment is overdue, Azure may switch it off, of Contoso", ""),
        ("off", "", "", "Disabled: nothing can be created in it"),
    ]
    assert [tenant.id for tenant in without_subscription(found, TENANTS, OWN)] == [THIRD]
