"use strict";

// Before anything else on the page: the token leaves the address, and with it the history and
// whatever would be told of this address. From here on it is in this variable alone.
const Collecting = (() => {
  const boot = JSON.parse(document.getElementById("boot").textContent);
  const here = new URL(location.href);
  const token = here.searchParams.get("token") || "";
  here.searchParams.delete("token");
  here.searchParams.delete("verificationCode");
  // The page is found again by a reload that has no token: it can say for whom it was.
  if (boot.customer) here.searchParams.set("customer", boot.customer);
  history.replaceState(null, "", here.pathname + here.search);
  return { boot, token: boot.endsInMs > 0 ? token : "", words: boot.words };
})();
