"""One person at the browser, every action counted: with the pointer, or with the keyboard alone."""

from __future__ import annotations

from pathlib import Path

from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from tests.web.browser import Desk

PATIENCE_S = 60
MOST_TABS = 250
POINT = (
    "const svg = document.querySelector(arguments[0]); const m = svg.getScreenCTM();"
    "return arguments[1].map(([x, y]) => { const p = new DOMPoint(x, y).matrixTransform(m); return [p.x, p.y]; });"
)


class Hands:
    """`actions` counts clicks, drags, choices and filled inputs; with the keyboard every key, a text counts once."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.actions = 0

    def see(self, selector: str) -> WebElement:
        """Wait until something is there."""
        return WebDriverWait(self.desk.driver, PATIENCE_S, ignored_exceptions=()).until(
            lambda driver: next((e for e in driver.find_elements(By.CSS_SELECTOR, selector) if e.is_displayed()), None)
        ) or self.desk.find(selector)

    def until_not(self, selector: str) -> None:
        """Wait until something is gone."""
        WebDriverWait(self.desk.driver, PATIENCE_S).until(
            lambda driver: not driver.find_elements(By.CSS_SELECTOR, selector)
        )

    def has_focus(self, identity: str) -> None:
        """Wait until the focus is there."""
        WebDriverWait(self.desk.driver, PATIENCE_S).until(lambda _: self.desk.active() == identity)

    def calm(self) -> None:
        """Everything that was changed is kept."""
        WebDriverWait(self.desk.driver, PATIENCE_S).until(
            lambda driver: driver.execute_script("return !document.body.dataset.busy")
        )

    def choose_file(self, selector: str, *paths: Path) -> None:
        """The system's own dialog is none of the page's: its result counts as one action."""
        self.see(selector).send_keys("\n".join(map(str, paths)))
        self.actions += 1

    def press(self, selector: str) -> None:
        raise NotImplementedError

    def write(self, selector: str, text: str) -> None:
        raise NotImplementedError

    def choose(self, selector: str, text: str) -> None:
        """An option of a select, by the beginning of its words."""
        raise NotImplementedError


class Pointer(Hands):
    """Clicks and drags; the keyboard only for text."""

    def press(self, selector: str) -> None:
        found = self.see(selector)
        self.desk.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", found)
        found.click()
        self.actions += 1

    def write(self, selector: str, text: str) -> None:
        self.press(selector)
        self.desk.chord(Keys.CONTROL, "a")
        self.desk.keys(text, Keys.TAB)

    def choose(self, selector: str, text: str) -> None:
        found = self.see(selector)
        self.desk.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", found)
        option = next(o for o in found.find_elements(By.TAG_NAME, "option") if o.text.startswith(text))
        option.click()
        self.actions += 2

    def drag(self, sheet: int, start: tuple[float, float], end: tuple[float, float]) -> None:
        """In millimetres of the form."""
        (x0, y0), (x1, y1) = self.desk.driver.execute_script(POINT, f"#ebene-{sheet} svg", [start, end])
        mouse = ActionChains(self.desk.driver, duration=50).w3c_actions
        mouse.pointer_action.move_to_location(round(x0), round(y0))
        mouse.pointer_action.pointer_down()
        mouse.pointer_action.move_to_location(round((x0 + x1) / 2), round((y0 + y1) / 2))
        mouse.pointer_action.move_to_location(round(x1), round(y1))
        mouse.pointer_action.release()
        mouse.perform()
        self.actions += 1


class Keyboard(Hands):
    """Tab, arrows, Enter and Space; no pointer at all."""

    def key(self, *keys: str) -> None:
        for one in keys:
            self.desk.keys(one)
            self.actions += 1

    def go(self, selector: str) -> None:
        """Tab on until the focus is there; from the top of the page again where it is not ahead."""
        self.see(selector)
        for _ in range(MOST_TABS):
            if self.desk.driver.execute_script("return document.activeElement.matches(arguments[0])", selector):
                return
            self.key(Keys.TAB)
        raise AssertionError(f"Tab does not lead to {selector}")

    def press(self, selector: str) -> None:
        self.go(selector)
        box = self.desk.driver.switch_to.active_element.get_attribute("type") in ("checkbox", "radio")
        self.key(Keys.SPACE if box else Keys.ENTER)

    def write(self, selector: str, text: str) -> None:
        self.go(selector)
        self.desk.chord(Keys.CONTROL, "a")
        self.desk.keys(text)
        self.actions += 2
        self.key(Keys.TAB)

    def choose(self, selector: str, text: str) -> None:
        """Typing the first letters chooses, as in every list."""
        self.go(selector)
        self.desk.keys(text)
        self.actions += 1
        self.key(Keys.TAB)
