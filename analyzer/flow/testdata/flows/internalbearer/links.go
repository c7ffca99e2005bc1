package internalbearer

// Call is where people meet. It is not asked for anything with a token.
const Call = "https://acme.zoom.us/j/123456"

// Docs is another address, so that the package is not about one host.
const Docs = "https://wiki.acme.example/maps"
