/* A picture may be dropped on a form or pasted into it; it is made smaller here before it travels. What the browser
   cannot read goes as it is: the server says what is wrong with it. Without this the file field does as well. */
"use strict";

(() => {
  const field = document.querySelector("input[type=file][data-longest-side]");
  if (!field) return;
  const { form } = field;
  const alt = document.getElementById(field.dataset.described);
  const said = document.getElementById(field.dataset.said);
  const longest = Number(field.dataset.longestSide);
  const isPicture = (file) => file.type.startsWith("image/");

  /* Photographs as JPEG; all else may have parts that shine through. */
  const smaller = async (file) => {
    const image = await createImageBitmap(file).catch(() => null);
    if (!image || Math.max(image.width, image.height) <= longest) return file;
    const canvas = document.createElement("canvas");
    const scale = longest / Math.max(image.width, image.height);
    canvas.width = Math.max(1, Math.round(image.width * scale));
    canvas.height = Math.max(1, Math.round(image.height * scale));
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const type = file.type === "image/jpeg" ? "image/jpeg" : "image/png";
    const blob = await new Promise((done) => { canvas.toBlob(done, type, 0.9); });
    return blob ? new File([blob], file.name, { type }) : file;
  };

  const take = async (file) => {
    const fitting = await smaller(file);
    const files = new DataTransfer();
    files.items.add(fitting);
    field.files = files.files;
    if (form.elements.remove_image) form.elements.remove_image.checked = false;
    const part = field.closest("details");
    if (part) part.open = true;
    said.textContent = said.dataset.ready.replace("{name}", file.name);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    if (!alt.value.trim()) alt.focus();
  };

  field.addEventListener("change", () => { if (field.files.length) take(field.files[0]); });

  const brings = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  form.addEventListener("dragover", (event) => { if (brings(event)) event.preventDefault(); });
  form.addEventListener("drop", (event) => {
    if (!brings(event) || event.target === field) return;
    event.preventDefault();
    const file = [...event.dataTransfer.files].find(isPicture);
    if (file) take(file);
    else said.textContent = said.dataset.none;
  });

  /* Word processors put a picture of the text beside the text: then the text is meant. */
  form.addEventListener("paste", (event) => {
    const file = [...event.clipboardData.files].find(isPicture);
    if (event.defaultPrevented || !file || event.clipboardData.getData("text/plain").trim()) return;
    event.preventDefault();
    take(file);
  });
})();
