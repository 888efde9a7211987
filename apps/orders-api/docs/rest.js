/* global SwaggerUIBundle */

/** Shows /docs/openapi.json with Swagger UI, and sends requests to the origin of this page. */

SwaggerUIBundle({
  url: '/docs/openapi.json',
  dom_id: '#rest',
  // The badge would send the description to a validator on the web.
  validatorUrl: null,
  // An address for each operation, to be linked to.
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  defaultModelRendering: 'example',
  displayRequestDuration: true,
  // A token is forgotten with the page: what is stored in a browser can be stolen.
  persistAuthorization: false,
});
