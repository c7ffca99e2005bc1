package plan

// maxAscent bounds the functions from the call that sends up to where the token is fetched; clients have two or three layers.
const maxAscent = 8

// maxDescent bounds the functions from the form down to the call that sends it.
const maxDescent = 6

// maxRender bounds the parameters and variables between a value and its place: each step is one expression, and recursion has to end.
const maxRender = 40

// maxPass bounds the functions between the one that has a value and the one where the token is fetched.
const maxPass = 6

// maxChosen bounds the steps between the claims and the origin of their metascopes.
const maxChosen = 5

// maxConstant bounds the variables and operators of a URL that is asked for its host.
const maxConstant = 8

// maxClient bounds the steps between an HTTP library's client and the call that makes it.
const maxClient = 6

// maxSDKClient bounds the steps between the client of a vendor's SDK and the call that makes it.
const maxSDKClient = 6

// maxComposite bounds the variables between a use and its literal.
const maxComposite = 4

// maxSibling bounds the functions that two ways of authentication have in common: further out, everything calls everything.
const maxSibling = 2

// maxSurvivor bounds the uses between code that survives and the function that fetches the token.
const maxSurvivor = 4

// maxNestedTypes bounds the pointers and containers around a type.
const maxNestedTypes = 8
