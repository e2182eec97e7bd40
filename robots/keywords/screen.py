"""Keywords for targets that are web pages, in Debian's Chromium through RPA.Browser.Selenium.

Elements are found by their id only, and values are set as data: nothing in a value is ever a locator, code or a
key stroke (typed, a line break would submit the page, and characters from U+E000 on press keys).
"""

from __future__ import annotations

import atexit
import ctypes
import functools
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from robot.api import logger
from robot.api.deco import keyword, library
from robot.api.types import Secret
from robot.libraries.BuiltIn import BuiltIn
from RPA.Browser.Selenium import Selenium
from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    InvalidSessionIdException,
    NoSuchWindowException,
    StaleElementReferenceException,
    WebDriverException,
)
from selenium.webdriver import ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from robots.keywords.problems import Rejected, Unavailable
from robots.keywords.values import OUR_REFERENCE, Values

PAGE_TIMEOUT_S = 20.0
POLL_S = 0.02
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disk-cache-size=1",
    "--disable-domain-reliability",
    "--disable-features=AutofillServerCommunication,OptimizationHints,MediaRouter,Translate",
    "--remote-debugging-pipe",  # a browser on a pipe ends with its driver, one on a port lives on
    "--window-size=1024,900",
    "--disable-http2",
    "--disable-quic",
)
# Chromium sends a request again by itself, a submit like any other, when a line that was open before breaks without an
# answer (seen: one click, four records). So every request gets a line of its own, and none is opened beforehand:
# these headers, "network_prediction_options" below, and no HTTP/2 or 3 above.
# Source: HttpNetworkTransaction::ShouldResendRequest (Chromium, net/http); tests/robots/test_submit_once.py.
OWN_LINE = {"Connection": "close"}

PREFERENCES = {
    "credentials_enable_service": False,
    "profile.password_manager_enabled": False,
    "profile.password_manager_leak_detection": False,
    "autofill.profile_enabled": False,
    "autofill.credit_card_enabled": False,
    "safebrowsing.enabled": False,
    "search.suggest_enabled": False,
    "net.network_prediction_options": 2,  # never
}

# Sets every given element that is on this page. Returns [[id, what happened], ...] with
# "set", "absent", "long", "option" or "changed" (the element does not hold what it was given).
PUT = """
return Object.entries(arguments[0]).map(([id, value]) => {
  const element = document.getElementById(id);
  if (!element || element.disabled || element.readOnly || element.type === 'hidden') return [id, 'absent'];
  if (element.type === 'checkbox') {
    element.checked = value === element.value;
  } else if (element.tagName === 'SELECT') {
    if (![...element.options].some(option => option.value === value)) return [id, 'option'];
    element.value = value;
  } else {
    if (element.maxLength >= 0 && value.length > element.maxLength) return [id, 'long'];
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), 'value').set.call(element, value);
    if (element.value !== value) return [id, 'changed'];
  }
  for (const name of ['input', 'change']) element.dispatchEvent(new Event(name, {bubbles: true}));
  return [id, 'set'];
});
"""
TEXTS = """
return arguments[0].map(id => {
  const element = document.getElementById(id);
  return element && element.textContent;
});
"""
# Cells of two columns, of the rows whose second one matches.
CELLS = """
const [table, number, reference, pattern] = arguments, ours = new RegExp(pattern);
return [...document.getElementById(table).rows]
  .filter(row => row.cells[reference] && ours.test(row.cells[reference].textContent.trim()))
  .map(row => [row.cells[number].textContent, row.cells[reference].textContent]);
"""
PAGE_NAME = """
const complete = document.readyState === 'complete' && document.body;
return [location.href, complete ? document.body.id || '(none)' : ''];
"""
MISFITS = {
    "long": "der Wert ist länger, als das Zielsystem erlaubt",
    "option": "diese Auswahl gibt es im Zielsystem nicht",
    "changed": "das Zielsystem nimmt Zeichen des Wertes nicht an",
}

SESSION_LOST = (InvalidSessionIdException, NoSuchWindowException)
NOT_CLICKED = (ElementClickInterceptedException, ElementNotInteractableException, *SESSION_LOST)

P = ParamSpec("P")
R = TypeVar("R")


def end_with_robot() -> None:
    """Called in the new driver process: it is killed when the robot ends, however that ends."""
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def without_page_source(function: Callable[P, R]) -> Callable[P, R]:
    """Selenium's errors quote the page; only their kind is told."""

    @functools.wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except WebDriverException as error:
            code = "Z001" if "net::ERR_" in (error.msg or "") else "Z004"
            logger.info(f"{function.__name__}: {type(error).__name__}")
            raise Unavailable(code) from None

    return guarded


def is_gone(element: WebElement) -> bool:
    """Whether the page of this element has been left. While it is being left, drivers answer with other errors."""
    try:
        element.is_enabled()
    except StaleElementReferenceException:
        return True
    except SESSION_LOST:
        raise
    except WebDriverException:
        return False
    return False


@library(scope="GLOBAL", auto_keywords=False)
class Screen:
    """One Chromium with a profile of its own that lives as long as the session."""

    def __init__(self) -> None:
        self._selenium: Selenium | None = None
        atexit.register(self.close_chromium)  # after a stop signal no keyword runs to its end

    @property
    def _driver(self) -> WebDriver:
        if self._selenium is None:
            raise Unavailable("Z005", "Es ist kein Browser geöffnet.")
        driver: WebDriver = self._selenium.driver
        return driver

    @property
    def _profile(self) -> Path:
        return Path(os.environ["ROBOT_ARTIFACTS"]).resolve() / "browser"

    @keyword
    def open_chromium(self, url: str) -> str:
        """Start the browser and show the address. Returns the page's name (the id of its body).

        The browser finds no other host than that of the address: what it sees stays between it and the target.
        """
        os.environ["SE_OFFLINE"] = "true"  # Selenium's own manager never looks for a driver
        options = self._options(urlsplit(url).hostname or "")
        driver_path = os.environ.get("LAUFZETTEL_CHROMEDRIVER", "/usr/bin/chromedriver")
        for program in (options.binary_location, driver_path):
            if not os.access(program, os.X_OK):
                raise Unavailable("Z005", f"{program} fehlt. Bitte „laufzettel doctor“ ausführen.")
        driver = Service(executable_path=driver_path, popen_kw={"preexec_fn": end_with_robot})
        self._selenium = BuiltIn().get_library_instance("RPA.Browser.Selenium")
        try:
            self._selenium.open_browser(browser="chrome", options=options, service=driver)
        except Exception as error:  # rpaframework and Selenium raise many kinds here
            raise Unavailable("Z005") from error
        self._send_nothing_twice()
        self._driver.set_page_load_timeout(PAGE_TIMEOUT_S)
        return self.show_page(url)

    @without_page_source
    def _send_nothing_twice(self) -> None:
        self._driver.execute_cdp_cmd("Network.enable", {})
        self._driver.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": OWN_LINE})

    def _options(self, host: str) -> ChromeOptions:
        options = ChromeOptions()
        options.binary_location = os.environ.get("LAUFZETTEL_CHROMIUM", "/usr/bin/chromium")
        only_host = f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {host}"
        for flag in (*FLAGS, only_host, f"--user-data-dir={self._profile}"):
            options.add_argument(flag)
        options.add_experimental_option("prefs", PREFERENCES)
        return options

    @keyword
    def close_chromium(self) -> None:
        """End the browser and remove its profile (cookies, history). Never fails."""
        if self._selenium is None:
            return
        try:
            self._selenium.close_all_browsers()
        except Exception as error:  # a browser that died is closed as well
            logger.info(f"Closing the browser: {type(error).__name__}")
        self._selenium = None
        shutil.rmtree(self._profile, ignore_errors=True)

    @keyword
    @without_page_source
    def show_page(self, url: str) -> str:
        """Go to an address. Returns the page's name."""
        self._driver.get(url)
        return str(WebDriverWait(self._driver, PAGE_TIMEOUT_S, POLL_S).until(self._page_name))

    @keyword
    @without_page_source
    def press(self, element_id: str) -> str:
        """Click once and wait until another page is there. Returns its name."""
        before = self._driver.find_element("tag name", "html")
        button = self._driver.find_element("id", element_id)
        try:
            button.click()
        except NOT_CLICKED:
            raise
        except WebDriverException as error:  # the page may go away under the driver's hands: the click was made
            logger.info(f"The click was answered with {type(error).__name__}")
        wait = WebDriverWait(self._driver, PAGE_TIMEOUT_S, POLL_S)
        wait.until(lambda driver: is_gone(before))
        return str(wait.until(self._page_name))

    def _page_name(self, driver: WebDriver) -> str:
        """The id of the body once the page is complete; "" while it is not; "(none)" for a body without one."""
        try:
            address, name = driver.execute_script(PAGE_NAME)
        except SESSION_LOST:
            raise
        except WebDriverException:
            return ""  # between two pages
        if address.startswith("chrome-error:"):
            raise Unavailable("Z001")
        return str(name)

    @keyword
    @without_page_source
    def put_values(self, values: Values) -> Values:
        """Fill every value that has a place on this page. Returns those that have none here.

        A value that the page would cut, change or not offer is refused as a BUSINESS problem (Z011).
        """
        plain = values.plain
        happened = dict(self._driver.execute_script(PUT, plain))
        for name, what in happened.items():
            if what in MISFITS:
                raise Rejected("Z011", f"Feld „{name}“: {MISFITS[what]}. Bitte den Wert prüfen.")
        return Values({name: plain[name] for name, what in happened.items() if what == "absent"})

    @keyword
    def no_value_may_be_left(self, rest: Values) -> None:
        """Fail when a value found no place on any page: the record would not be whole."""
        if rest:
            raise Unavailable(
                "Z004",
                f"Im Zielsystem fehlen die Felder: {', '.join(rest)}. In diesem Versuch wurde nichts geschrieben.",
            )

    @keyword
    def read_values(self, names: Values, prefix: str = "") -> Values:
        """The texts shown under `<prefix><name>`, for all these names."""
        return Values(dict(zip(names, self._texts([prefix + name for name in names]), strict=True)))

    @keyword
    @without_page_source
    def read_our_records(self, table_id: str, number_column: int, reference_column: int) -> dict[str, str]:
        """From a table: the numbers of the records that carry a reference of ours, and the reference.

        Columns count from 1. Records without one are other people's business and are not even read out.
        """
        rows: list[list[str]] = self._driver.execute_script(
            CELLS, table_id, int(number_column) - 1, int(reference_column) - 1, OUR_REFERENCE
        )
        return {number.strip(): reference.strip() for number, reference in rows}

    @keyword
    def read_text(self, element_id: str) -> str:
        """A text that is no personal data (it will stand in the log): a record number, a count."""
        return self._texts([element_id])[0].strip()

    @keyword
    @without_page_source
    def read_words(self, element_id: str) -> Secret:
        """What the target says in its own words, line by line as it is shown."""
        return Secret(self._driver.find_element("id", element_id).text)

    @without_page_source
    def _texts(self, ids: list[str]) -> list[str]:
        texts: list[Any] = self._driver.execute_script(TEXTS, ids)
        if missing := [name for name, text in zip(ids, texts, strict=True) if text is None]:
            raise Unavailable("Z004", f"Das Zielsystem zeigt nicht an: {', '.join(missing)}.")
        return texts

    @keyword
    def keep_screenshot(self, name: str) -> str | None:
        """A picture of the page in the run folder. Its file name, or None: a missing picture undoes no entry."""
        path = Path(os.environ["ROBOT_ARTIFACTS"]) / f"{name}.png"
        try:
            path.write_bytes(self._driver.get_screenshot_as_png())
        except (OSError, WebDriverException) as error:
            logger.warn(f"No screenshot: {type(error).__name__}")
            return None
        return path.name
