// A classic script in the head, so that the first paint already has the theme that the system asks for.
(() => {
  const root = document.documentElement;
  const light = matchMedia("(prefers-color-scheme: light)");
  const follow = () => {
    if (root.dataset.themeChoice === "system") root.dataset.theme = light.matches ? "light" : "dark";
  };
  follow();
  light.addEventListener("change", follow);
  document.addEventListener("locanext:theme", follow);
})();
