// What is decided, and the keys and buttons that do it.
"use strict";

function chosenItems() {
  return state.unit.items.filter((item) => state.chosen.has(item.id));
}

function signed(points) {
  return points > 0 ? `+${points}` : String(points).replace("-", "−");
}

function showItems() {
  const most = state.questions.find((each) => each.id === state.id).points;
  const rows = state.unit.items.map((item, number) => make("li", {}, state.editing ? fields(item) : choice(item, number + 1)));
  if (state.editing) rows.push(make("li", {}, fields({ id: "", points: 0, words: "" })));
  at("items").replaceChildren(...rows);
  at("edit").setAttribute("aria-pressed", String(state.editing));
  const sum = Math.min(most, Math.max(0, chosenItems().reduce((total, item) => total + item.points, 0)));
  at("score").textContent = chosenItems().length || state.zero ? `${sum} of ${most} points` : `– of ${most} points`;
}

function choice(item, number) {
  const box = make("input", { type: "checkbox", checked: state.chosen.has(item.id) });
  box.addEventListener("change", () => toggle(number));
  return make("label", {}, box, make("kbd", {}, String(number)), make("span", { className: "points" }, signed(item.points)), item.words);
}

function fields(item) {
  const name = item.id ? item.words : "a new item";
  const points = make("input", { type: "number", step: "0.25", value: item.points, "aria-label": `Points of ${name}` });
  const words = make("textarea", { rows: 2, value: item.words, "aria-label": `Words of ${name}` });
  const save = (removed) => alone(async () => {
    if (points.value === "") return say("Points have to be a number: nothing is saved.", true); // or no number was typed
    const outcome = await call("item", { id: item.id, points: Number(points.value), words: words.value, removed });
    await go("at", place(), true);
    const kept = Object.keys(outcome.refused).length;
    say(`Saved; ${outcome.done.length} decisions changed with it.` + (kept ? ` ${kept} that were graded in formgrader since stay as they are.` : ""));
    at("items").querySelector("input").focus();
  });
  const row = make("div", { className: "fields" }, points, words);
  row.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      save(false);
    }
  });
  const button = make("button", { type: "button" }, item.id ? "Save" : "Add");
  button.addEventListener("click", () => save(false));
  row.append(button);
  if (item.id) {
    const remove = make("button", { type: "button", "aria-label": `Remove ${name}` }, "Remove");
    remove.addEventListener("click", () => save(true));
    row.append(remove);
  }
  return row;
}

function toggle(number) {
  const item = state.unit.items[number - 1];
  if (!item || !state.unit.cards.length) return;
  if (!state.chosen.delete(item.id)) state.chosen.add(item.id);
  state.zero = false;
  showItems();
}

function set(items, zero) {
  state.chosen = new Set(items.map((item) => item.id));
  state.zero = zero;
  showItems();
}

async function decide() {
  const { cards, place } = state.unit;
  if (!cards.length) return;
  if (!state.zero && !chosenItems().length) return say("Choose items first, or 0 for no points.", true);
  const unseen = cards.findIndex((card) => !state.seen.has(card.id));
  if (unseen >= 0) {
    mark(unseen, "start");
    return say(`Look at this one too: ${state.seen.size} of ${cards.length} are looked at. Enter again goes on; x takes it out.`);
  }
  const told = await call("decide", {
    cards: cards.map(({ id, digest, version }) => ({ id, digest, version })),
    items: chosenItems().map((item) => item.id),
    note: at("note").value,
  });
  const refused = Object.entries(told.refused);
  await go(refused.length ? "at" : "next", place, refused.length > 0);
  if (refused.length) {
    const why = [...new Set(refused.map(([, reason]) => reason))].join("; ");
    return say(`${told.done.length} decided. ${refused.length} not: ${why}.`, true);
  }
  say(`Decided for ${told.done.length === 1 ? "one answer" : `${told.done.length} answers`}.` + (state.unit.cards.length ? "" : " Nothing waits here any more."));
}

async function undo() {
  const told = await call("undo");
  if (!told.action) return say("There is nothing to undo.");
  if (told.question && told.question !== state.id) await choose(told.question);
  await go("at", told.place || place());
  const kept = Object.keys(told.refused).length;
  say(`Undone: ${told.action}, ${told.done.length} answers.` + (kept ? ` ${kept} were graded again since, and stay.` : ""), kept > 0);
}

async function takeOver(card) {
  await call("take-over", { card: card.id });
  await go("at", state.unit.place);
  say("Taken over: its comment is in the field. Choose items and decide.");
}

async function takeApart() {
  const card = state.unit.cards[state.marked];
  if (state.unit.cards.length < 2) return say("This answer is in no group.");
  await call("apart", { card: card.id });
  const left = state.unit.cards.filter((each) => each !== card).map((each) => each.number);
  await go("at", Math.min(...left), true);
  say(`Answer ${card.number} stands alone now; ${left.length} are left in the group.`);
}

function request() {
  const field = at(`card-${state.marked}`)?.querySelector(".request textarea");
  if (field) return field.focus();
  const card = state.unit.cards[state.marked];
  if (!card) return;
  const text = make("textarea", { rows: 3, "aria-label": "What the student asks" });
  const save = () => alone(async () => {
    await call("ask", { card: card.id, text: text.value });
    await go("at", state.unit.cards.length > 1 ? card.number : state.unit.place, true);
    say("The request is noted.");
  });
  text.addEventListener("keydown", (event) => event.ctrlKey && event.key === "Enter" && save());
  const button = make("button", { type: "button" }, "Note this request");
  button.addEventListener("click", save);
  at(`card-${state.marked}`).append(make("div", { className: "request" }, make("strong", {}, "The student asks:"), text, button));
  text.focus();
}

async function names() {
  state.names = !state.names;
  at("names").setAttribute("aria-pressed", String(state.names));
  await go("at", place(), true);
}

function edit() {
  state.editing = !state.editing;
  showItems();
  if (state.editing) at("items").querySelector("input").focus();
  else at("edit").focus();
}

function otherQuestion() {
  const number = state.questions.findIndex((each) => each.id === state.id);
  return choose(state.questions[(number + 1) % state.questions.length].id);
}

const place = () => state.unit.place ?? 0; // of what is shown; there may be nothing
const KEYS = {
  f: () => set(state.unit.items.filter((item) => item.points > 0), false),
  0: () => set([], true),
  c: () => at("note").focus(),
  e: edit,
  q: () => { at("task").open = !at("task").open; },
  r: request,
  "?": () => at("keys").showModal(),
  j: () => mark(Math.min(state.marked + 1, state.unit.cards.length - 1)),
  k: () => mark(Math.max(state.marked - 1, 0)),
  Enter: () => alone(decide),
  n: () => alone(() => go("next", place())),
  p: () => alone(() => go("previous", place())),
  m: () => alone(() => go("following", place())),
  x: () => alone(takeApart),
  u: () => alone(undo),
  i: () => alone(names),
  w: () => alone(otherQuestion),
  t: () => alone(async () => {
    const card = state.unit.cards[state.marked];
    if (card && card.foreign) await takeOver(card);
  }),
};

document.addEventListener("keydown", (event) => {
  if (state.busy || !state.unit || at("keys").open) return;
  const typing = event.target.matches("input:not([type=checkbox]), textarea, select");
  if (event.key === "Escape") {
    if (state.editing) edit();
    document.activeElement.blur();
  } else if (typing) {
    if (event.target === at("note") && event.ctrlKey && event.key === "Enter") KEYS.Enter();
  } else if (!event.ctrlKey && !event.altKey && !event.metaKey) {
    if (event.key === "Enter" && event.target.matches("button, summary, a")) return;
    if (/^[1-9]$/.test(event.key)) toggle(Number(event.key));
    else if (Object.hasOwn(KEYS, event.key)) {
      event.preventDefault();
      KEYS[event.key]();
    }
  }
});

for (const [id, key] of Object.entries({ names: "i", undo: "u", help: "?", edit: "e", previous: "p", following: "m", next: "n" })) {
  at(id).addEventListener("click", () => state.unit && KEYS[key]());
}
at("rubric").addEventListener("submit", (event) => {
  event.preventDefault();
  if (state.unit) KEYS.Enter();
});
at("question").addEventListener("change", () => alone(() => choose(at("question").value)));

// What is on the screen stays held while the page is open.
setInterval(async () => {
  if (!state.unit || !state.unit.cards.length || state.busy) return;
  try {
    if (!(await call("renew", { cards: state.unit.cards.map((card) => card.id) }))) say("Somebody else has taken this answer: go on to the next.", true);
  } catch {
    // the next key will say it
  }
}, 40_000);

addEventListener("pagehide", () => {
  if (state.unit) call("renew", { cards: [] }, true).catch(() => {});
});

alone(start);
