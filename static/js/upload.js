// A form that sends a large file: says how far it is, and refuses at once what is too large.

const form = () => document.getElementById("upload");
const size = new Intl.NumberFormat(undefined, { style: "unit", unit: "megabyte", maximumFractionDigits: 1 });

document.addEventListener("htmx:xhr:progress", (event) => {
  const line = event.target.id === "upload" ? event.target.querySelector(".progress") : null;
  const { loaded, total, lengthComputable } = event.detail;
  if (!line || !lengthComputable) return;
  line.hidden = false;
  line.querySelector("progress").value = loaded / total;
  const sent = `${size.format(loaded / 1e6)} of ${size.format(total / 1e6)}`;
  line.querySelector(".number").textContent = loaded < total ? sent : "Sent. Looking at every file…";
});

document.addEventListener("change", (event) => {
  const field = event.target;
  const limit = Number(field.dataset?.limit);
  if (!limit) return;
  const tooLarge = field.files[0]?.size > limit ? `This has more than ${size.format(limit / 1e6)}.` : "";
  field.setCustomValidity(field.files.length > 1 ? "One bundle at a time." : tooLarge);
  field.reportValidity();
});

// A file may be dropped anywhere: a browser would leave the page for one that misses the field.
for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    const field = form()?.querySelector("input[type=file]");
    if (!field || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    field.closest(".dropzone").classList.toggle("dropzone--over", name === "dragenter" || name === "dragover");
    if (name !== "drop") return;
    field.files = event.dataTransfer.files;
    field.focus();
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
