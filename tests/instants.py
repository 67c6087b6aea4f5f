"""When the tests happen: Wednesday, 15 January 2025, 10:30 in UTC and 11:30 in Berlin."""

import datetime

AT = datetime.datetime(2025, 1, 15, 10, 30, tzinfo=datetime.UTC)
TODAY = datetime.date(2025, 1, 15)
