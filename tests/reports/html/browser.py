"""A headless Chromium that opens a page from disk and tells what it did."""

import base64
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=1280,900",
)


def programs() -> tuple[str, str]:
    """Return the paths of Chromium and its driver; skip without them, fail in CI."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if chromium and driver:
        return chromium, driver
    reason = "chromium and chromedriver are not installed (make test-system)"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


class Browser:
    """One browser; `open` starts each test on a fresh page at desktop width, in light colours."""

    def __init__(self, profile: Path, scripts: bool = True) -> None:
        chromium, driver = programs()
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        if not scripts:
            content = {"profile.managed_default_content_settings.javascript": 2}
            options.add_experimental_option("prefs", content)
        self.driver = webdriver.Chrome(options=options, service=Service(driver))

    def open(self, page: Path, width: int = 1280, height: int = 900) -> None:
        """Open a file at a width, with light colours and an empty storage."""
        self.colours("light")
        self.size(width, height)
        self.driver.get("about:blank")
        self.driver.get(page.as_uri())

    def size(self, width: int, height: int = 900) -> None:
        """Set the size of the window's inside; headless windows have a least width."""
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip

    def colours(self, scheme: str) -> None:
        """Set what the system prefers, light or dark; and no motion, which tests would wait for."""
        wishes = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
        features = [{"name": name, "value": value} for name, value in wishes.items()]
        self.command("Emulation.setEmulatedMedia", features=features)

    def command(self, name: str, **values: Any) -> Any:
        """Send a command of the DevTools protocol."""
        return self.driver.execute_cdp_cmd(name, values)

    def run(self, script: str, *values: Any) -> Any:
        """Return what a script in the page returns."""
        return self.driver.execute_script(script, *values)

    def find(self, selector: str) -> WebElement:
        """Return the first element of a CSS selector."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        """Return the elements of a CSS selector."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def shown(self, selector: str) -> list[str]:
        """Return the texts of the elements that are visible, in the page's order."""
        return [item.text for item in self.all(selector) if item.is_displayed()]

    def wait(self, condition: str, *values: Any) -> None:
        """Wait until a script in the page returns something true."""
        self.until(lambda: bool(self.run(f"return {condition}", *values)))

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a function returns true."""
        WebDriverWait(self.driver, 10, poll_frequency=0.02).until(lambda _: condition())

    def click_at(self, selector: str, x: float, y: float) -> None:
        """Click a point of an element, counted from its left upper corner."""
        element = self.find(selector)
        self.run("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element)
        box = element.size
        ActionChains(self.driver).move_to_element_with_offset(
            element, round(x - box["width"] / 2), round(y - box["height"] / 2)
        ).click().perform()

    def wheel(self, selector: str, delta: int) -> None:
        """Turn the mouse's wheel over the middle of an element."""
        x, y = self.run(
            "const box = document.querySelector(arguments[0]).getBoundingClientRect();"
            "return [box.x + box.width / 2, box.y + box.height / 2]",
            selector,
        )
        wheel = {"type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": delta}
        self.command("Input.dispatchMouseEvent", **wheel)

    def node(self, label: str) -> dict[str, float]:
        """Return where the graph draws a node, from the canvas' left upper corner."""
        place = self.run(
            "const cy = document.getElementById('canvas')._cyreg.cy;"
            "const node = cy.nodes().filter((n) => n.data('label') === arguments[0])[0];"
            "return node.renderedPosition();",
            label,
        )
        return dict(place)

    def problems(self) -> list[str]:
        """Return what the console said since the last question."""
        return [entry["message"] for entry in self._log("browser")]

    def requests(self) -> list[str]:
        """Return every address that was asked for since the last question."""
        events = [json.loads(entry["message"]) for entry in self._log("performance")]
        return [
            event["message"]["params"]["request"]["url"]
            for event in events
            if event["message"]["method"] == "Network.requestWillBeSent"
        ]

    def _log(self, name: str) -> list[dict[str, str]]:
        return list(self.driver.get_log(name))  # type: ignore[no-untyped-call]

    def screenshot(self, path: Path, width: int, height: int) -> None:
        """Save the page from its top, whole or as far as `height`."""
        whole = self.run("return document.documentElement.scrollHeight")
        clip = {"x": 0, "y": 0, "width": width, "height": min(whole, height), "scale": 1}
        picture = self.command("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(picture["data"]))
