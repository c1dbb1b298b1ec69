// What is shown: one question, one answer or group at a time, the rubric. Only `html` of the server, which cleans it, is
// set as HTML; all else is text. What keys do stands in keys.js.
"use strict";

const token = new URLSearchParams(location.search).get("token");
const page = crypto.randomUUID();
const at = (id) => document.getElementById(id);
const state = { questions: [], id: "", unit: null, chosen: new Set(), zero: false, seen: new Set(), marked: 0, names: false, editing: false, busy: false };

async function call(name, body = {}, keepalive = false) {
  const answer = await fetch(`api/${name}`, {
    method: "POST",
    keepalive,
    headers: { Authorization: `token ${token}`, "Content-Type": "application/json", "X-Page": page },
    body: JSON.stringify({ question: state.id, ...body }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

function say(text, trouble = false) {
  at("status").textContent = text;
  at("status").classList.toggle("trouble", trouble);
}

// One thing at a time: what is pressed meanwhile is dropped, since it was meant for what was on the screen.
async function alone(work) {
  if (state.busy) return;
  state.busy = true;
  document.body.setAttribute("aria-busy", "true");
  try {
    await work();
  } catch (error) {
    say(error instanceof TypeError ? "The server does not answer: is make proofs still running? What you typed is still here." : error.message, true);
  }
  state.busy = false;
  document.body.setAttribute("aria-busy", "false");
}

function make(tag, properties = {}, ...inside) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...inside);
  return element;
}

async function start() {
  const found = await call("overview", { question: "" });
  state.questions = found.questions;
  document.title = `${found.lab}: proofs`;
  document.querySelector("h1").textContent = document.title;
  at("who").textContent = `graded by ${found.who}`;
  at("question").replaceChildren(...found.questions.map((each) => new Option("", each.id)));
  const first = found.questions.find((each) => each.done < each.count) || found.questions[0];
  await choose(first.id);
}

async function choose(id) {
  state.id = id;
  const question = state.questions.find((each) => each.id === id);
  at("question").value = id;
  at("text").innerHTML = question.text;
  at("scheme").innerHTML = question.scheme;
  at("right").innerHTML = question.right;
  at("right").parentElement.hidden = !question.right;
  await go("next", -1);
}

// Fetch the next unit in a direction, and show it. `keep`: what is chosen and typed stays, after a refusal.
async function go(direction, place, keep = false) {
  const unit = await call("unit", { direction, place, names: state.names });
  Object.assign(state.questions.find((each) => each.id === state.id), { done: unit.done, count: unit.count });
  state.unit = unit;
  state.marked = 0;
  state.seen = new Set();
  if (!keep) {
    const first = unit.cards[0];
    state.chosen = new Set(first ? first.items : []);
    state.zero = Boolean(first && first.graded && !first.foreign && !first.waits && !first.items.length);
    at("note").value = first ? first.note : "";
  }
  showProgress();
  showItems();
  showCards();
  if (!unit.cards.length) {
    say(unit.others && unit.others.length ? `What is left is before somebody else: ${unit.others.join(", ")}.` : "Nothing waits here any more.");
  }
}

function showProgress() {
  for (const [number, each] of state.questions.entries()) {
    at("question").options[number].text = `${each.id.split("/")[1]} (${each.done} of ${each.count} done)`;
  }
  const { done, count } = state.unit;
  at("progress").max = count || 1;
  at("progress").value = done;
  at("count").textContent = `${done} of ${count} done`;
}

const KINDS = {
  empty: "Nothing is written in these answers.",
  equal: "These answers are equal but for white space and notation.",
  similar: "These answers share most of their formulas. That is a suggestion: they may differ in what matters.",
};

function showCards() {
  const { cards, kind } = state.unit;
  at("why").textContent = cards.length > 1 ? `${cards.length} answers. ${KINDS[kind] || ""} The decision counts for those that you have looked at.` : "";
  at("decide").firstChild.textContent = "Decide ";
  at("cards").className = cards.length > 1 ? "several" : "";
  at("cards").replaceChildren(...cards.map(showCard));
  at("task").parentElement.scrollTop = 0;
  mark(0, "");
  for (const [number, element] of [...at("cards").children].entries()) watcher.observe(element.querySelector(".end"), number);
}

function standing(card) {
  if (card.waits && card.graded) return `changed since it was graded (${card.score} points)`;
  if (card.foreign) return "graded in formgrader";
  if (card.graded) return `${card.score} points`;
  return card.waits ? "waits" : `${card.score} points, by itself`;
}

function showCard(card, number) {
  const head = make("h2", {}, `Answer ${card.number}`, make("small", {}, standing(card)));
  if (card.name) head.append(make("small", {}, card.name));
  const body = make("div", { className: "answer" });
  body.innerHTML = card.html;
  const article = make("article", { id: `card-${number}` }, head, body);
  if (!body.textContent.trim() && !body.querySelector("img")) body.append(make("p", { className: "empty" }, "Nothing is written here."));
  if (card.automatic) article.append(make("p", { className: "empty" }, card.automatic));
  if (card.foreign) {
    const theirs = make("div", {});
    theirs.innerHTML = card.comment;
    const button = make("button", { type: "button" }, "Take over ", make("kbd", {}, "t"));
    button.addEventListener("click", () => alone(() => takeOver(card)));
    article.append(make("div", { className: "foreign" }, `Graded in formgrader: ${card.score} points. It stays as it is unless you take it over.`, theirs, button));
  }
  for (const request of card.requests) article.append(showRequest(card, request));
  article.append(make("p", { className: "derivation" }), make("div", { className: "end" }));
  article.addEventListener("click", () => mark(number, ""));
  return article;
}

function showRequest(card, request) {
  const field = make("textarea", { rows: 3, value: request.reply, "aria-label": "Your reply to this request" });
  const save = () => alone(async () => {
    await call("reply", { request: request.id, text: field.value });
    await go("at", state.unit.place, true);
    say("The reply is saved; it will be in the feedback.");
  });
  field.addEventListener("keydown", (event) => event.ctrlKey && event.key === "Enter" && save());
  const button = make("button", { type: "button" }, "Save the reply");
  button.addEventListener("click", save);
  return make("div", { className: "request" }, make("strong", {}, "The student asks: "), request.question, field, button);
}

// An answer counts as looked at when its end has been on the screen, or when it was marked with j or k; and so does
// one that is the same letter by letter.
const watcher = {
  observe(element, number) {
    this.numbers ??= new WeakMap();
    this.observer ??= new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting) look(this.numbers.get(entry.target));
    });
    this.numbers.set(element, number);
    this.observer.observe(element);
  },
};

function look(number) {
  const card = state.unit.cards[number];
  if (!card) return;
  for (const each of state.unit.cards) if (each.digest === card.digest) state.seen.add(each.id);
  if (state.unit.cards.length > 1) {
    at("decide").firstChild.textContent = `Decide for ${state.seen.size} of ${state.unit.cards.length} `;
  } else at("decide").firstChild.textContent = "Decide ";
  const place = at(`card-${number}`).querySelector(".derivation");
  if (!place.dataset.asked) {
    place.dataset.asked = "yes";
    derivation(card, place);
  }
}

function mark(number, scroll = "nearest") {
  const cards = [...at("cards").children];
  if (!cards[number]) return;
  state.marked = number;
  for (const [each, card] of cards.entries()) card.setAttribute("aria-current", String(each === number));
  if (scroll) cards[number].scrollIntoView({ block: scroll });
  look(number);
}

async function derivation(card, place) {
  let found;
  try {
    found = await call("derivation", { card: card.id });
  } catch {
    return; // a hint only: the answer itself is there
  }
  if (found.late) place.textContent = "Formulas: they could not be read, or not in time.";
  else if (found.holds + found.fails + found.unread) place.textContent = `Formulas, tried with numbers: ${found.holds} equations hold, ${found.unread} cannot be read. `;
  if (found.first) {
    const wrong = make("span", {});
    wrong.innerHTML = found.first;
    place.append(make("strong", {}, "The first that does not hold: "), wrong);
  }
}
