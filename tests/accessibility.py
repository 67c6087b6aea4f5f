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
_EVERYTHING = {
    "resultTypes": ["violations"],
    "rules": {"target-size": {"enabled": True}},
    # Style sheets are fetched once more for an experimental rule only.
    "preload": False,
}
_COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast"], "preload": False}


def assert_accessible(page: Page, *, within: str = "html") -> None:
    """No rule of axe-core is broken by the page, or by what the selector `within` means.

    Frames of the page are looked at too, also those of another origin.
    """
    found = barriers(page, within=within)
    assert not found, "\n".join(found)


def barriers(page: Page, *, within: str = "html", only_colours: bool = False) -> list[str]:
    """What each broken rule says. Colours alone are all that another theme can change."""
    for frame in page.frames:
        # Evaluated by the debugger, which no content policy binds.
        frame.evaluate(_STILL)
        if not frame.evaluate("'axe' in window"):
            frame.evaluate(_AXE)
    asked = [within, _COLOURS if only_colours else _EVERYTHING]
    found = page.evaluate("([within, how]) => axe.run(within, how)", asked)
    return [_words(each) for each in found["violations"]]


def _words(violation: dict[str, Any]) -> str:
    places = [
        f"  {node['target']}: {node['failureSummary'].splitlines()[-1].strip()}\n  {node['html']}"
        for node in violation["nodes"]
    ]
    return "\n".join([f"{violation['id']} ({violation['impact']}): {violation['help']}", *places])
