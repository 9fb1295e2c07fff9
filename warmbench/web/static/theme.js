// Runs before the first paint, so that a remembered dark page never flashes white.
(function () {
  try {
    var theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch (blocked) { /* Without storage the system's preference decides. */ }
})();
