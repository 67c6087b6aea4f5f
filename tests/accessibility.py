"""Whether people with a screen reader, a keyboard or weak eyes can use a page: axe-core's rules."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
# Colours half-way through a transition are nobody's colours.
_STILL = """() => document.getAnimations().forEach((each) => {
    if (Number.isFinite(each.effect?.getComputedTiming().endTime)) each.finish();
})"""
# Every rule that is not experimental, and WCAG 2.2's on the size of targets.
_RUN = """(within) => axe.run(within, {
    resultTypes: ["violations"], rules: {"target-size": {enabled: true}},
})"""


def assert_accessible(page: Page, *, within: str = "html") -> None:
    """No rule of axe-core is broken by the page, or by what the selector `within` means.

    Frames of the page are looked at too, also those of another origin.
    """
    for frame in page.frames:
        # Evaluated by the debugger, which no content policy binds.
        frame.evaluate(_STILL)
        frame.evaluate(_AXE)
    found = page.evaluate(_RUN, within)["violations"]
    assert not found, "\n".join(_words(each) for each in found)


def _words(violation: dict[str, Any]) -> str:
    places = [
        f"  {node['target']}: {node['failureSummary'].splitlines()[-1].strip()}\n  {node['html']}"
        for node in violation["nodes"]
    ]
    return "\n".join([f"{violation['id']} ({violation['impact']}): {violation['help']}", *places])
