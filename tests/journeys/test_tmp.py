import time, pytest
from collections import Counter
from tests.journeys import portal
from tests.journeys.test_every_page import starts
@pytest.mark.django_db
@pytest.mark.parametrize("who", ["", portal.LEAD, portal.OFFICER])
def test_x(who):
    t=time.time(); portal.fill(); print("FILL", time.time()-t)
    c=portal.signed_in(who)
    t=time.time(); seen=portal.crawl(c, starts("en")+starts("ja")); print(who, len(seen), time.time()-t, time.process_time())
    print(Counter(a.partition("?")[0].split("/")[2] if len(a.split("/"))>2 else a for a in seen).most_common(20))
