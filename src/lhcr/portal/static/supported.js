// Says before the page is drawn that scripts run, as the design system's components expect.
document.documentElement.classList.add("app-scripted");
document.addEventListener("DOMContentLoaded", () => {
  document.body.classList.add("js-enabled", "nhsuk-frontend-supported");
});
