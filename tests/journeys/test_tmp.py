import time, pytest
from tests.journeys import portal
from tests.journeys.test_every_page import starts


@pytest.mark.django_db
def test_x():
    portal.fill()
    for who in ("", portal.LEAD, portal.OFFICER, "lead@demo.example"):
        c = portal.signed_in(who)
        seen = portal.crawl(c, starts("en") + ["/en/teams/"], most_queries=2)
        print(who, len(seen), {a: r.status_code for a, r in seen.items() if r.status_code >= 400})
