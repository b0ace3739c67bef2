// Passkeys: the buttons show where the browser knows passkeys, and say so when nothing came of it.
"use strict";
if (window.PublicKeyCredential) {
  document.querySelectorAll("[data-passkey]").forEach((button) => { button.hidden = false; });
}
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.getElementById("passkey-failed").hidden = false;
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-passkey]")) document.getElementById("passkey-failed").hidden = true;
}, true);
