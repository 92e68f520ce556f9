import datetime

import pytest

from service.trends.periods import choose, label

DAY = datetime.date(2024, 11, 30)


@pytest.mark.parametrize(("period", "name"), [("month", "2024-11"), ("quarter", "2024 Q4"), ("year", "2024")])
def test_labels(period, name):
    assert label(DAY, period) == name


@pytest.mark.parametrize(
    ("months", "reports", "period"),
    [(24, 10, "month"), (24, 5, "quarter"), (24, 1, "year"), (61, 10, "quarter"), (240, 1, "year")],
    ids=["enough", "few a month", "few a quarter", "too many points", "long and thin"],
)
def test_the_shortest_period_that_holds_enough_is_chosen(months, reports, period):
    days = {datetime.date(2000 + month // 12, 1 + month % 12, 1): reports for month in range(months)}
    assert choose(days) == period
