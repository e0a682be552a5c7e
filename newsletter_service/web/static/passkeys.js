/* Makes and uses passkeys: what the browser answers goes into a hidden field of the form, which is then sent. Without a
   script, or where the browser knows no passkeys, the button stays hidden and a code does as well. */
"use strict";

(() => {
  const place = document.querySelector("[data-passkey]");
  if (!place || !window.PublicKeyCredential) return;
  const button = place.querySelector("button");
  const failed = place.querySelector("[data-failed]");
  const field = document.getElementById(place.dataset.into);

  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

  const asked = () => {
    const options = JSON.parse(place.dataset.passkey);
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    options.excludeCredentials = known(options.excludeCredentials);
    options.allowCredentials = known(options.allowCredentials);
    return options;
  };

  const answered = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    }
    if (credential.response.getTransports) response.transports = credential.response.getTransports();
    return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {} });
  };

  place.hidden = false;
  button.addEventListener("click", async () => {
    if (!field.form.reportValidity()) return;
    failed.hidden = true;
    try {
      field.value = answered(await navigator.credentials[place.dataset.act]({ publicKey: asked() }));
    } catch {
      failed.hidden = false;
      return;
    }
    field.form.requestSubmit();
  });
})();
