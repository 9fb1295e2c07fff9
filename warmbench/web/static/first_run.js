// Guesses where the administrator is, so that two long lists rarely need opening.
(() => {
  const choose = (name, value) => {
    const list = document.querySelector(`select[name=${name}]`);
    if (!list || !value || (list.value && list.value !== "UTC")) return;
    if ([...list.options].some((option) => option.value === value)) list.value = value;
  };
  choose("time_zone", Intl.DateTimeFormat().resolvedOptions().timeZone);
  choose("country", new Intl.Locale(navigator.language).region);
})();
