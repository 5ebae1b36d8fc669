// Sets the colour theme before the first paint: a classic, blocking script in <head>. No imports, so that it stays one small file.
(() => {
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const wish = () => {
    try {
      return localStorage.getItem('fitsm-theme') ?? 'auto';
    } catch {
      return 'auto'; // storage is blocked: follow the system
    }
  };
  const paint = () => {
    const chosen = wish();
    root.dataset.theme = chosen;
    root.dataset.bsTheme = chosen === 'auto' ? (dark.matches ? 'dark' : 'light') : chosen;
  };
  paint();
  dark.addEventListener('change', paint);
  addEventListener('storage', paint); // chosen in another tab
  addEventListener('fitsm:theme', paint);
})();
