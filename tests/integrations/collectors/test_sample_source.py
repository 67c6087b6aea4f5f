"""The source that the page "Write a source" shows: it does what the page says."""

import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings as configured

from integrations.collectors.base import Source
from integrations.collectors.sources import SOURCES
from tests.integrations.collectors.journeys import Journey
from tests.integrations.collectors.test_sources import Api

PAGE = Path(configured.BASE_DIR) / "docs/collectors/write-a-source.md"


@pytest.fixture
def sample(monkeypatch: pytest.MonkeyPatch) -> Source:
    """As it stands on the page, among the other sources."""
    (code,) = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    module = ModuleType("sample_energy")
    exec(compile(code, str(PAGE), "exec"), module.__dict__)
    made: Source = module.SampleEnergy()
    monkeypatch.setitem(SOURCES, made.description.id, made)
    return made


@pytest.fixture
def supplier() -> Any:
    api = Api()
    api.answers["/A-1.pdf"] = api.answers["/A-2.pdf"] = (200, b"%PDF-1.7 energy")
    api.answers["/invoices.txt"] = (200, b"A-1;2025-01-31;80.00 EUR\n")
    yield api
    api.server.shutdown()
    api.server.server_close()


@pytest.mark.django_db
def test_the_sample_collects_what_is_new(journey: Journey, sample: Source, supplier: Api) -> None:
    journey.connect(sample.description.id, url=supplier.url, token="t")
    assert journey.collect() == ["A-1"]
    rows = b"A-1;2025-01-31;80.00 EUR\nA-2;2025-02-28;81.50 EUR\n"
    supplier.answers["/invoices.txt"] = (200, rows)
    assert journey.collect() == ["A-2"]
    supplier.answers["/invoices.txt"] = (401, b"")
    assert journey.collect() == []
    assert journey.state() == (-1, "Sample Energy refuses the token.")


@pytest.mark.django_db
def test_the_sample_refuses_an_address_inside(journey: Journey, sample: Source) -> None:
    assert "url" in journey.refused(sample.description.id, url="http://10.0.0.1/", token="t")


def test_every_source_speaks_both_languages_and_names_itself() -> None:
    for name, source in SOURCES.items():
        description = source.description
        texts = [description.description, *(param.name for param in description.params.values())]
        assert description.id == name
        assert all(set(one) == {"en", "fr"} for one in texts), name
