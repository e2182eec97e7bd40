"""Chromium for tests: started once, driven by the keyboard, and checked with axe-core."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext
from PIL import Image
from selenium import webdriver
from selenium.common.exceptions import JavascriptException, TimeoutException
from selenium.webdriver import ActionChains
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from config import machine
from tests.web.factories import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--no-first-run",
    "--force-prefers-reduced-motion", "--lang=de",
)  # fmt: skip
TEXTS = """
const page = document.documentElement.lang;
const ours = (e) => e.closest("[lang]").lang === page && !e.closest("[translate=no], code, script, style, template");
const found = [document.title.split(": ")[0]];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) if (ours(walker.currentNode.parentElement)) found.push(walker.currentNode.data.trim());
for (const name of ["aria-label", "alt", "title", "placeholder", "data-label"])
  for (const e of document.querySelectorAll(`[${name}]`)) if (ours(e)) found.push(e.getAttribute(name).split(": ")[0]);
return found.filter(Boolean);
"""
DESK, PHONE = (1440, 900), (390, 844)


@contextmanager
def chromium(profile: Path) -> Iterator[webdriver.Chrome]:
    """A browser of our own with an empty profile; no driver is ever downloaded."""
    options = Options()
    options.binary_location = str(machine.chromium())
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=Service(str(machine.chromedriver())))
    try:
        yield driver
    finally:
        driver.quit()


class Desk:
    """One person at one browser."""

    def __init__(self, driver: webdriver.Chrome, url: str) -> None:
        self.driver = driver
        self.url = url
        self.language = "de"

    def as_new(self) -> None:
        """As if Chromium had just been started: one empty window of desk size, nobody logged in, nothing kept."""
        first, *others = self.driver.window_handles
        for other in others:
            self.driver.switch_to.window(other)
            self.driver.close()
        self.driver.switch_to.window(first)
        self.driver.get("about:blank")
        self.driver.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": self.url, "storageTypes": "all"})
        self.size(*DESK)

    def size(self, width: int, height: int, zoom: float = 1.0) -> None:
        """The size of the page's window in device pixels, at a browser zoom."""
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {
                "width": round(width / zoom), "height": round(height / zoom), "deviceScaleFactor": zoom,
                "mobile": False,
            },
        )  # fmt: skip

    def open(self, path: str) -> None:
        self.driver.get(self.url + path)

    def log_out(self) -> None:
        """Nobody is logged in. The page is left first: its late pictures would be sent to the login page, whose token
        would then replace that of the login form."""
        self.driver.get("about:blank")
        self.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
        if self.language != "de":
            cookie = {"name": "django_language", "value": self.language, "url": self.url}
            self.driver.execute_cdp_cmd("Network.setCookie", cookie)

    def log_in(self, name: str) -> None:
        """Through the login page, with the keyboard."""
        self.log_out()
        self.open("/anmelden/")
        self.open("/anmelden/")  # with the token of now: a late answer to the page before may have brought another
        self.find("#id_username").send_keys(name, Keys.TAB, PASSWORD, Keys.ENTER)
        self.until("form.top__user")

    def find(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def until(self, selector: str) -> WebElement:
        try:
            return WebDriverWait(self.driver, 15).until(lambda _: self.find(selector))
        except TimeoutException as error:
            page = f"{self.driver.current_url}: {self.find('body').text[:400]}"
            raise AssertionError(f"nicht da: {selector}, sondern {page}") from error

    def keys(self, *keys: str) -> None:
        """Press keys wherever the focus is."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def chord(self, held: str, key: str) -> None:
        ActionChains(self.driver).key_down(held).send_keys(key).key_up(held).perform()

    def active(self) -> str:
        """The id of the element that has the focus."""
        return str(self.driver.execute_script("return document.activeElement.id || document.activeElement.tagName"))

    def tab_to(self, words: str) -> None:
        """Press Tab until the element with these (German) words, in the language of the screen, has the focus."""
        with translation.override(self.language):
            words = gettext(words)
        for _ in range(60):
            self.keys(Keys.TAB)
            if words in self.driver.switch_to.active_element.text:
                return
        raise AssertionError(f"Tab führt nicht zu: {words}")

    def violations(self) -> list[str]:
        """What axe-core finds on the page, one line each; asked once more where the page was loaded anew meanwhile."""
        script = (
            f"{AXE.read_text(encoding='utf-8')};"
            "const done = arguments[1];"
            "axe.run(document, {runOnly: arguments[0]}).then(r => done(r.violations), e => done([{id: String(e),"
            " nodes: []}]));"
        )
        try:
            found: list[dict[str, Any]] = self.driver.execute_async_script(script, STANDARDS)
        except JavascriptException:
            found = self.driver.execute_async_script(script, STANDARDS)
        return [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"] or [{"html": "?"}]]

    def texts(self) -> list[str]:
        """Every text in the language of the page, also those for screen readers; not what says that it is in another
        language, nor names and code."""
        found: list[str] = self.driver.execute_script(TEXTS)
        return found

    def scrolls_sideways(self) -> bool:
        return bool(
            self.driver.execute_script(
                "const page = document.scrollingElement; return page.scrollWidth > page.clientWidth + 1"
            )
        )

    def widest(self) -> str:
        """The element that reaches furthest to the right."""
        return str(
            self.driver.execute_script(
                "const all = [...document.querySelectorAll('main *, header *')];"
                "const right = (e) => e.getBoundingClientRect().right;"
                "return all.reduce((a, b) => right(b) > right(a) ? b : a).outerHTML.slice(0, 160)"
            )
        )

    def picture(self, *, whole: bool = False) -> Image.Image:
        """What is on the screen, when its fonts and images are there; `whole`: with what lies below the window."""
        self.driver.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": whole})
        width, height = self.driver.execute_async_script(
            "const done = arguments[1];"
            "if (arguments[0]) for (const image of document.images) image.loading = 'eager';"
            "const near = (image) => arguments[0] || image.getBoundingClientRect().top < innerHeight;"
            "const seen = (image) => image.checkVisibility() && near(image);"
            "const images = [...document.images].filter(seen).map((image) => image.decode().catch(() => {}));"
            "const size = () => [innerWidth, document.scrollingElement.scrollHeight];"
            "Promise.all([document.fonts.ready, ...images]).then(() => requestAnimationFrame(() => done(size())));",
            whole,
        )
        how: dict[str, Any] = {"format": "png", "optimizeForSpeed": True}
        if whole:
            clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
            how |= {"captureBeyondViewport": True, "clip": clip}
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", how)
        self.driver.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": False})
        return Image.open(io.BytesIO(base64.b64decode(shot["data"]))).convert("RGB")


def findings(desk: Desk, name: str) -> list[str]:
    """What axe-core finds at desk size, and whether the page scrolls in two directions at 200 and 400 % (320 px)."""
    found = [f"{name}: {line}" for line in desk.violations()]
    for size, zoom in (((1280, 1024), 4.0), (DESK, 2.0)):
        desk.size(*size, zoom=zoom)
        if desk.scrolls_sideways():
            found.append(f"{name}: scrolls sideways at {zoom:.0%}: {desk.widest()}")
    desk.size(*DESK)
    return found
