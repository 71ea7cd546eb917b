// What neither HTML nor htmx can do: the reader's own clock, the clipboard, and one voice.

const zoned = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const distance = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });
const UNITS = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60]];

function relative(moment) {
  const seconds = (moment - Date.now()) / 1000;
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) return distance.format(Math.trunc(seconds / length), unit);
  }
  return "just now";
}

function showTimes(root) {
  for (const element of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    const absolute = zoned.format(moment);
    element.textContent = "relative" in element.dataset ? relative(moment) : absolute;
    element.title = absolute;
  }
}

function say(words) {
  const announcer = document.getElementById("announcer");
  announcer.textContent = "";
  requestAnimationFrame(() => { announcer.textContent = words; });
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copies);
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
    say("Copied.");
    button.dataset.done = "";
    setTimeout(() => { delete button.dataset.done; }, 2000);
  } catch {
    getSelection().selectAllChildren(source); // no clipboard without TLS: at least select it
    say("Selected. Press Control C to copy.");
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-copies]");
  if (button) copy(button);
});

document.addEventListener("htmx:afterSwap", (event) => showTimes(event.target));

document.addEventListener("htmx:responseError", () => say("The registry could not answer. Try again."));
document.addEventListener("htmx:sendError", () => say("The registry cannot be reached."));

// What a wide window shows and a narrow one folds away.
const narrow = matchMedia("(width < 40rem)");
function fold() {
  for (const details of document.querySelectorAll("details[data-folds]")) details.open = !narrow.matches;
}
narrow.addEventListener("change", fold);
fold();

showTimes(document);
for (const tab of document.querySelectorAll(":is(.tabs, .masthead__nav) [aria-current]")) {
  const list = tab.closest(".tabs, .masthead__nav");
  list.scrollLeft = tab.offsetLeft - (list.clientWidth - tab.offsetWidth) / 2;
}
document.documentElement.classList.add("has-script");

// After a refused form the first field to fix has the focus.
function toTheProblem(root) {
  root.querySelector("[aria-invalid=true]")?.focus();
}
toTheProblem(document);
document.addEventListener("htmx:afterSettle", (event) => toTheProblem(event.target));

// A panel that refreshes itself says a sentence only when the sentence is new.
let said = "";
document.addEventListener("htmx:afterSettle", () => {
  const words = document.querySelector("[data-say]")?.dataset.say;
  if (words && words !== said) say(words);
  said = words ?? said;
});
said = document.querySelector("[data-say]")?.dataset.say ?? "";

addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details.evidence")) details.open = true;
});
