// The graph as a canvas: positions come with the page, so it looks the same every time.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("graph-data").textContent);
  const canvas = byId("canvas");
  const view = byId("view");
  const boxes = [...document.querySelectorAll("#legend input")];
  const hiddenTypes = new Set();
  const isVisible = (node) => !hiddenTypes.has(node.type);

  // Colours are the style sheet's: a probe tells what they are in the present theme.

  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);

  function colour(name) {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  }

  // Names that fit beside each other: on a narrow screen fewer, and larger in the drawing.

  const level = { "text-valign": "center", "text-margin-y": 0 };
  const sides = {
    bottom: {},
    top: { "text-valign": "top", "text-margin-y": -4 },
    left: { ...level, "text-halign": "left", "text-margin-x": -4 },
    right: { ...level, "text-halign": "right", "text-margin-x": 4 },
  };
  let narrow = false;
  let fitting = 1; // the zoom at which all of it is in view

  function named() {
    const field = narrow ? "narrow" : "side";
    const size = data.font * (narrow ? data.narrow : 1);
    return Object.entries(sides).map(([side, place]) => ({
      selector: `node[${field} = "${side}"]`,
      style: { ...place, "font-size": size, "min-zoomed-font-size": 6 },
    }));
  }

  function styles() {
    const colours = [...new Set(data.nodes.map((node) => node.colour))];
    const family = getComputedStyle(document.body).fontFamily;
    return [
      {
        selector: "node",
        style: {
          width: "data(size)", height: "data(size)", shape: "data(shape)",
          "border-width": 1.5, "border-color": colour("surface"),
          label: "data(short)", color: colour("ink"), "font-family": family,
          "font-size": data.font * 0.72,
          "min-zoomed-font-size": Math.max(11, data.font * fitting),
          "text-valign": "bottom", "text-margin-y": 4,
          "text-outline-width": 2.5, "text-outline-color": colour("surface"),
          "text-outline-opacity": 0.92, "z-index": "data(size)",
        },
      },
      ...named(),
      ...colours.map((name) => ({
        selector: `node[colour = "${name}"]`,
        style: { "background-color": colour(name) },
      })),
      {
        selector: 'node[type = "statement"]',
        style: {
          "background-color": colour("surface"), "border-width": 2,
          "border-color": colour("statement"), label: "",
        },
      },
      {
        selector: "edge",
        style: {
          width: "data(width)", "line-color": colour("line-strong"), opacity: 0.6,
          "curve-style": "haystack", "haystack-radius": 0,
        },
      },
      { selector: "edge.arm", style: { "line-style": "dashed", "line-dash-pattern": [4, 4] } },
      { selector: ".far", style: { opacity: 0.18, "text-opacity": 0 } },
      { selector: "edge.near", style: { opacity: 1, "line-color": colour("focus") } },
      { selector: "node.near", style: { "min-zoomed-font-size": 0, "font-size": data.font, "z-index": 100 } },
      {
        selector: "node.chosen",
        style: {
          "border-width": 4, "border-color": colour("focus"), "min-zoomed-font-size": 0,
          "font-weight": "bold", "z-index": 200,
        },
      },
      { selector: "node[size >= 34]", style: { "font-weight": 600 } },
      { selector: ".gone", style: { display: "none" } },
    ];
  }

  const elements = [
    ...data.nodes.map((node, i) => ({
      group: "nodes",
      data: { ...node, id: `n${i}`, index: i },
      position: { x: node.x, y: node.y },
    })),
    ...data.edges.map((edge, i) => ({
      group: "edges",
      data: {
        id: `e${i}`, source: `n${edge.source}`, target: `n${edge.target}`,
        width: Math.min(1.3 + Math.log2(edge.said.length), 4),
      },
    })),
    ...data.arms.map((arm, i) => ({
      group: "edges",
      classes: "arm",
      data: { id: `a${i}`, source: `n${arm.source}`, target: `n${arm.target}`, width: 1.25 },
    })),
  ];

  view.classList.add("drawn");
  const cy = cytoscape({
    container: canvas,
    elements,
    style: styles(),
    layout: { name: "preset" },
    minZoom: 0.1,
    maxZoom: 4,
    autoungrabify: true,
    boxSelectionEnabled: false,
  });
  document.addEventListener("paperflow-theme", () => cy.style(styles()));

  // Choosing a node

  const panel = paperflowPanel(data, pick);
  const elementOf = (index) => cy.getElementById(`n${index}`);
  let chosen = null;

  function mark(node) {
    cy.batch(() => {
      cy.elements().removeClass("far near");
      if (!node) return;
      const near = node.closedNeighborhood();
      cy.elements().not(near).addClass("far");
      near.addClass("near");
    });
  }

  function pick(index, moveThere) {
    chosen = index;
    cy.nodes().removeClass("chosen");
    mark(index === null ? null : elementOf(index).addClass("chosen"));
    if (index === null) panel.showList(isVisible);
    else panel.showNode(index);
    if (moveThere) {
      panel.body.focus({ preventScroll: true });
      if (index !== null) comeIntoView(elementOf(index));
    }
  }

  function comeIntoView(node) {
    const { x, y } = node.renderedPosition();
    const inside = x > 40 && y > 40 && x < cy.width() - 40 && y < cy.height() - 40;
    if (!inside) cy.center(node);
  }

  cy.on("tap", "node", (event) => pick(event.target.data("index"), false));
  cy.on("tap", (event) => {
    if (event.target === cy && chosen !== null) pick(null, false);
  });
  cy.on("mouseover", "node", (event) => {
    canvas.style.cursor = "pointer";
    if (chosen === null) mark(event.target);
  });
  cy.on("mouseout", "node", () => {
    canvas.style.cursor = "";
    if (chosen === null) mark(null);
  });

  // Lists, types

  panel.find.addEventListener("input", () => pick(null, false));
  for (const box of boxes) {
    box.addEventListener("change", () => {
      if (box.checked) hiddenTypes.delete(box.value);
      else hiddenTypes.add(box.value);
      cy.batch(() => {
        for (const node of cy.nodes()) node.toggleClass("gone", hiddenTypes.has(node.data("type")));
      });
      if (chosen === null || hiddenTypes.has(data.nodes[chosen].type)) pick(null, false);
    });
  }

  // Moving about

  function zoomBy(factor) {
    const middle = { x: cy.width() / 2, y: cy.height() / 2 };
    cy.zoom({ level: cy.zoom() * factor, renderedPosition: middle });
  }

  let moved = false; // until the reader moves it, the graph fits its frame at any width
  function showAll() {
    narrow = cy.width() < 520;
    const box = cy.elements().not(".gone").boundingBox({ includeLabels: false });
    const wide = (cy.width() - (narrow ? 40 : 150)) / box.w;
    fitting = Math.min(wide, (cy.height() - 70) / box.h, 1.6);
    cy.zoom(fitting);
    cy.pan({
      x: (cy.width() - fitting * (box.x1 + box.x2)) / 2,
      y: (cy.height() - fitting * (box.y1 + box.y2)) / 2,
    });
    cy.style(styles());
  }

  cy.on("scrollzoom dragpan pinchzoom", () => (moved = true));
  cy.on("resize", () => moved || showAll());
  const keys = {
    ArrowLeft: () => cy.panBy({ x: 60, y: 0 }),
    ArrowRight: () => cy.panBy({ x: -60, y: 0 }),
    ArrowUp: () => cy.panBy({ x: 0, y: 60 }),
    ArrowDown: () => cy.panBy({ x: 0, y: -60 }),
    "+": () => zoomBy(1.25),
    "=": () => zoomBy(1.25),
    "-": () => zoomBy(0.8),
    0: showAll,
    Escape: () => pick(null, false),
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
    event.preventDefault();
    moved = true;
    keys[event.key]();
  });
  const buttons = { in: () => zoomBy(1.4), out: () => zoomBy(1 / 1.4), all: showAll };
  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", buttons[button.dataset.zoom]);
  }

  // The page scrolls past the graph: the wheel zooms only once the reader is in it.

  view.addEventListener("mousedown", () => canvas.focus({ preventScroll: true }), true);
  view.addEventListener(
    "wheel",
    (event) => {
      const inside = view.contains(document.activeElement);
      if (!inside && !event.ctrlKey && !event.metaKey) event.stopPropagation();
    },
    { capture: true, passive: true },
  );

  // A finger scrolls the page until the reader taps.

  const explore = byId("explore");
  explore.hidden = !matchMedia("(pointer: coarse)").matches;
  explore.addEventListener("click", () => {
    explore.hidden = true;
    canvas.focus({ preventScroll: true });
  });

  panel.showList(isVisible);
  showAll();
})();
