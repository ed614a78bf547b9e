// The panel beside the graph: a list of nodes, or one node with its papers and quotes.
// All text goes in as text, never as markup.
"use strict";
const paperflowPanel = (data, pick) => {
  const body = document.getElementById("panel-body");
  const find = document.getElementById("node-find");
  const MOST = 200;

  function make(tag, className, ...children) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...children);
    return element;
  }

  const words = (text) => text.replaceAll("_", " ");
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  function isolated(tag, className, text) {
    const element = make(tag, className, text);
    element.dir = "auto";
    return element;
  }

  function sign(type) {
    const boxes = [...document.querySelectorAll("#legend input")];
    const box = boxes.find((input) => input.value === type);
    return box?.parentElement.querySelector(".sign")?.cloneNode(true) ?? "";
  }

  function source(index) {
    const paper = data.papers[index];
    const line = make("p", "source");
    if (!paper) return line;
    if (paper.anchor) {
      const link = make("a", "key", paper.key);
      link.href = `#${paper.anchor}`;
      link.title = paper.title;
      line.append(link);
    } else {
      line.append(make("span", "key", paper.key));
    }
    return line;
  }

  function quoted(said) {
    const children = said.quote ? [isolated("blockquote", "", said.quote)] : [];
    return [...children, source(said.paper)];
  }

  function name(index) {
    const button = isolated("button", "name", data.nodes[index].label);
    button.type = "button";
    button.addEventListener("click", () => pick(index, true));
    return button;
  }

  function linked(before, index, after, said) {
    const line = make("p", "", before, " ", name(index), " ", after);
    return make("div", "link", line, ...said.flatMap(quoted));
  }

  function participants(arms) {
    return arms.map((arm) => {
      const role = make("small", "", ` ${words(arm.role)}`);
      return make("li", "", name(arm.target), role);
    });
  }

  function statementParts(index) {
    const arms = data.arms.filter((arm) => arm.source === index);
    return [
      ...quoted(data.nodes[index]),
      make("h4", "", "Who takes part"),
      make("ul", "", ...participants(arms)),
    ];
  }

  function nodeParts(index) {
    const out = data.edges.filter((edge) => edge.source === index);
    const into = data.edges.filter((edge) => edge.target === index);
    const arms = data.arms.filter((arm) => arm.target === index);
    const parts = [];
    const section = (title, items) => {
      if (items.length) parts.push(make("h4", "", `${title} (${items.length})`), ...items);
    };
    section("From here", out.map((edge) => linked(words(edge.type), edge.target, "", edge.said)));
    section("To here", into.map((edge) => linked("", edge.source, `${words(edge.type)} this`, edge.said)));
    section(
      "Statements",
      arms.map((arm) => linked(`${words(arm.role)} of`, arm.source, "", [data.nodes[arm.source]])),
    );
    return parts;
  }

  function about(node) {
    const facts = [words(node.type), node.year].filter(Boolean).join(" · ");
    return make("p", "about", sign(node.type), facts);
  }

  function showNode(index) {
    const node = data.nodes[index];
    const back = make("button", "text back", "← All nodes");
    back.type = "button";
    back.addEventListener("click", () => pick(null, true));
    const parts = node.type === "statement" ? statementParts(index) : nodeParts(index);
    const own = node.paper !== undefined && node.type !== "statement" ? [source(node.paper)] : [];
    body.replaceChildren(back, isolated("h3", "", words(node.label)), about(node), ...own, ...parts);
    body.scrollTop = 0;
  }

  function item(index) {
    const node = data.nodes[index];
    const year = node.year ? make("small", "", String(node.year)) : "";
    const button = make("button", "pick", sign(node.type), isolated("span", "", words(node.label)), year);
    button.type = "button";
    button.addEventListener("click", () => pick(index, true));
    return make("li", "", button);
  }

  const order = data.nodes
    .map((node, index) => ({ node, index, text: plain(`${node.label} ${words(node.type)}`) }))
    .filter(({ node }) => node.type !== "statement")
    .sort((a, b) => b.node.size - a.node.size || a.index - b.index);

  function showList(visible) {
    const wanted = plain(find.value).split(/\s+/).filter(Boolean);
    const found = order.filter(
      ({ node, text }) => visible(node) && wanted.every((word) => text.includes(word)),
    );
    const list = make("ul", "", ...found.slice(0, MOST).map(({ index }) => item(index)));
    const more = found.length > MOST ? [make("p", "note", `and ${found.length - MOST} more`)] : [];
    const none = found.length ? [] : [make("p", "note", "No node matches.")];
    body.replaceChildren(list, ...more, ...none);
    body.scrollTop = 0;
  }

  return { body, find, showNode, showList };
};
