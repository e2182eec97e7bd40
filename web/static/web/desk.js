// The case screen. Everything here is comfort: without it the page can be read, corrected and sent as well.
import { startViewer } from "./viewer.js";
import { startFields } from "./fields.js";
import { startKeys } from "./keys.js";
import { startLock } from "./lock.js";

const viewer = startViewer(document.querySelector(".viewer__area"));
const fields = startFields(document.getElementById("pruefung"), viewer);
startKeys(fields, viewer);
startLock();
