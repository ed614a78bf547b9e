// Before anything is drawn: tell the style sheet that scripts run, and use the reader's colours.
"use strict";
document.documentElement.dataset.script = "on";
try {
  const theme = localStorage.getItem("paperflow-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be switched off; the system's colours serve.
}
