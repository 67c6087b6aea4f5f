// Swagger UI over the document of this installation, sending to the address the page came from.
"use strict";

(async () => {
  const place = document.getElementById("swagger");
  const answer = await fetch(place.dataset.document);
  const spec = await answer.json();
  spec.servers = [{ url: location.origin, description: "This installation" }];
  place.replaceChildren();
  window.SwaggerUIBundle({
    spec,
    domNode: place,
    deepLinking: true,
    docExpansion: "list",
    filter: true,
    validatorUrl: null,
    defaultModelsExpandDepth: 0,
    persistAuthorization: false,
  });
})();
