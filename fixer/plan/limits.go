package plan

// How far a value or a call is followed, in functions, variables or places of the program that lie between. Where a limit is reached, what would
// be found beyond it is taken as unknown, and the flow is declined, or as not there. With half of each, the programs of testdata are planned the same.
const (
	maxAscent      = 8  // from the call that sends up to where the token is fetched; clients have two or three layers
	maxDescent     = 6  // from the form down to the call that sends it
	maxRender      = 40 // parameters and variables between a value and its place: each step is one expression, and recursion has to end
	maxPass        = 6  // functions between the one that has a value and the one where the token is fetched
	maxChosen      = 5  // between the claims and what brings their metascopes
	maxConstant    = 8  // variables and operators of a URL that is asked for its host
	maxClient      = 6  // between an HTTP library's client and the call that makes it
	maxSDKClient   = 6  // the same of a vendor's SDK
	maxComposite   = 4  // variables between a use and the literal
	maxSibling     = 2  // functions that two ways of authentication have in common: further out, everything calls everything
	maxSurvivor    = 4  // uses between code that survives and the function that fetches the token
	maxNestedTypes = 8  // pointers and containers around a type
)
