// Puts a button beside each text to be copied. Without this script the text is selected and copied
// by hand: the field is there all the same.
(() => {
  const words = document.currentScript.dataset;
  const put = async (field) => {
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      field.select();
      if (!document.execCommand("copy")) return false;
    }
    return true;
  };
  document.querySelectorAll(".copy-text").forEach((box) => {
    const field = box.querySelector("input, textarea");
    const button = document.createElement("button");
    const said = document.createElement("span");
    button.type = "button";
    button.className = "btn btn-outline-primary btn-sm copy-text__button";
    button.textContent = words.copy;
    button.setAttribute("aria-label", `${words.copy}: ${box.querySelector("label").textContent}`);
    said.setAttribute("role", "status");
    said.className = "copy-text__said";
    button.addEventListener("click", async () => {
      said.textContent = "";
      if (await put(field)) said.textContent = words.copied;
    });
    box.append(button, said);
  });
})();
