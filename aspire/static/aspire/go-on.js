// Presses the button of a piece of work that goes on by itself. Without this script a person presses it.
(() => {
  const form = document.querySelector("form[data-go-on]");
  if (form) form.requestSubmit();
})();
