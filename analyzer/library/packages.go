package library

// packageRows are the rows of whole packages. Functions with a row of their own are exceptions.
//
// A package is Pure only if every exported function was reviewed, or the exceptions have rows.
var packageRows = []Package{
	// The standard library.
	{Path: "strings", Effect: Pure, Text: true}, {Path: "bytes", Effect: Pure, Text: true}, {Path: "strconv", Effect: Pure, Text: true},
	{Path: "errors", Effect: Pure, Text: true, Holds: true}, {Path: "net/url", Effect: Pure, Text: true}, {Path: "path/…", Effect: Pure, Text: true},
	{Path: "time", Effect: Pure, Text: true}, {Path: "fmt", Effect: Strong, Text: true},
	{Path: "unicode/…", Effect: Pure}, {Path: "math/…", Effect: Pure}, {Path: "math/rand/…", Effect: Varies}, {Path: "sort", Effect: Pure, Holds: true},
	{Path: "slices", Effect: Pure}, {Path: "maps", Effect: Pure}, {Path: "cmp", Effect: Pure}, {Path: "iter", Effect: Pure},
	{Path: "encoding/…", Effect: Pure}, {Path: "hash/…", Effect: Pure}, {Path: "mime/…", Effect: Pure}, {Path: "regexp/…", Effect: Pure},
	{Path: "reflect", Effect: Pure}, {Path: "html", Effect: Pure}, {Path: "bufio", Effect: Pure}, {Path: "embed", Effect: Reads},
	{Path: "io/fs", Effect: Reads}, {Path: "context", Effect: Pure, Holds: true}, {Path: "unsafe", Effect: Pure}, {Path: "text/template/…", Effect: Pure},
	{Path: "net/textproto", Effect: Pure}, {Path: "net/netip", Effect: Pure}, {Path: "unique", Effect: Pure}, {Path: "container/…", Effect: Pure, Holds: true},
	{Path: "crypto/…", Effect: Pure}, {Path: "crypto/rand", Effect: Varies},
	{Path: "crypto/rsa", Effect: Pure, Keys: true},
	{Path: "crypto/ecdsa", Effect: Pure, Keys: true, Word: Word{For: Sign, Text: `"crypto/ecdsa"`}},
	{Path: "crypto/ed25519", Effect: Pure, Keys: true, Word: Word{For: Sign, Text: `"crypto/ed25519"`}},
	{Path: "crypto/hmac", Effect: Pure, Word: Word{For: Sign, Text: `"crypto/hmac"`}},
	{Path: "crypto/x509", Effect: Pure, Keys: true},
	{Path: "encoding/pem", Effect: Pure, Keys: true, Word: Word{For: Parse, Text: `"encoding/pem"`}},
	{Path: "log/…", Effect: Logs},

	// Packages that keep values of type any for the program. Their other functions have rows, or count as Strong.
	{Path: "sync/…", Effect: Strong, Holds: true},
	{Path: "golang.org/x/sync/singleflight", Effect: Strong, Holds: true},                             // v0.17.0: Result.Val
	{Path: "github.com/hashicorp/golang-lru/…", Effect: Strong, Holds: true},                          // v1.0.2, v2.0.7
	{Path: "github.com/hashicorp/terraform-plugin-sdk/helper/schema", Effect: Strong, Holds: true},    // v2.38.1: meta; ResourceData.Set refuses structures
	{Path: "github.com/hashicorp/terraform-plugin-framework/provider", Effect: Strong, Holds: true},   // v1.16.0: ConfigureResponse
	{Path: "github.com/hashicorp/terraform-plugin-framework/datasource", Effect: Strong, Holds: true}, // ConfigureRequest
	{Path: "github.com/hashicorp/terraform-plugin-framework/resource", Effect: Strong, Holds: true},

	// JSON web tokens. The words are short so that forks and vendored copies have them in their paths, too.
	{Path: golangJWT + "/…", Effect: Pure, Keys: true, JWT: true, Word: Word{For: Sign, Text: "jwt"}},
	{Path: jose + "/…", Effect: Pure, Keys: true, JWT: true, Word: Word{For: Sign, Text: "jose"}},
	{Path: jwxRoot + "/…", Effect: Pure, Keys: true, JWT: true, Word: Word{For: Sign, Text: "/jwx"}},
	{Path: cristal + "/…", Effect: Pure, Keys: true, JWT: true},
	{Path: gbrlsnchs + "/…", Effect: Pure, Keys: true, JWT: true},
	{Path: pascal + "/…", Effect: Pure, Keys: true, JWT: true},
	{Path: kataras + "/…", Effect: Pure, Keys: true, JWT: true},
	{Path: sermo + "/…", Effect: Pure, Keys: true, JWT: true},
	{Path: oauthJWS, Effect: Pure, Keys: true, JWT: true, Word: Word{For: Sign, Text: "/jws"}},
	{Path: oauthJWT, Effect: Pure, Keys: true, JWT: true, Word: Word{For: Exchange, Text: "oauth2/jwt"}},
	{Path: stepJose, Effect: Pure, Keys: true, JWT: true},                                            // v0.91.1: nothing in it writes
	{Path: libtrust, Effect: Strong, Keys: true, JWT: true, Word: Word{For: Sign, Text: "libtrust"}}, // it saves keys, too
	{Path: jose2go + "/…", Effect: Pure, Keys: true, JWT: true},
	{Path: jfcoteJWS, Effect: Pure, Keys: true, JWT: true},
	{Path: jfcoteJWT, Effect: Strong, Keys: true, JWT: true},
	{Path: tpmJWT, Effect: Strong, Keys: true, JWT: true},

	// Keys.
	{Path: "github.com/youmark/pkcs8", Effect: Pure, Keys: true, Word: Word{For: Parse, Text: "pkcs8"}},
	{Path: "software.sslmate.com/src/go-pkcs12", Effect: Pure, Keys: true, Word: Word{For: Parse, Text: "pkcs12"}},
	{Path: "golang.org/x/crypto/…", Effect: Pure}, {Path: "golang.org/x/crypto/ssh/…", Effect: Strong}, {Path: "golang.org/x/crypto/acme/…", Effect: Strong}, {Path: "golang.org/x/crypto/pkcs12", Effect: Pure, Keys: true},
	{Path: stepPEM, Effect: Strong, Keys: true, Word: Word{For: Parse, Text: "/pemutil"}}, // Serialize writes files

	// OAuth libraries and vendors' SDKs.
	{Path: oauthCC, Effect: Pure},
	{Path: adobeIMS, Effect: Strong, Word: Word{For: Exchange, Text: "adobe/ims-go"}},
	{Path: "github.com/jfcote87/esign", Effect: Strong, Word: Word{For: Exchange, Text: "jfcote87/esign"}},
	{Path: "github.com/k-capehart/go-salesforce", Effect: Strong, Word: Word{For: Exchange, Text: "k-capehart/go-salesforce"}},
	{Path: "github.com/bradleyfalzon/ghinstallation", Effect: Strong, Word: Word{For: Exchange, Text: "ghinstallation", Kept: true}},
	{Path: "github.com/okta/okta-sdk-golang/…", Effect: Strong, Word: Word{For: Exchange, Text: "okta-sdk-golang", Kept: true}},

	// Secret stores and key services. Their reads have rows.
	{Path: "github.com/aws/aws-sdk-go-v2/service/secretsmanager", Effect: Strong, Word: Word{For: Parse, Text: "secretsmanager"}},
	{Path: "github.com/aws/aws-sdk-go-v2/service/kms", Effect: Strong, Word: Word{For: Sign, Text: "service/kms"}},
	{Path: "cloud.google.com/go/secretmanager/apiv1", Effect: Strong, Word: Word{For: Parse, Text: "secretmanager"}},
	{Path: vault, Effect: Strong, Word: Word{For: Parse, Text: "hashicorp/vault/api"}},
	{Path: "github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets", Effect: Strong, Word: Word{For: Parse, Text: "azsecrets"}},

	// Encodings.
	{Path: jsoniter, Effect: Pure}, {Path: "github.com/goccy/go-json", Effect: Pure},
	{Path: "github.com/google/go-querystring/query", Effect: Pure},

	// Identifiers and errors.
	{Path: "github.com/google/uuid", Effect: Varies}, {Path: "github.com/gofrs/uuid/…", Effect: Varies}, {Path: "github.com/satori/go.uuid", Effect: Varies},
	{Path: "github.com/pborman/uuid", Effect: Varies}, {Path: "github.com/rs/xid", Effect: Varies}, {Path: "github.com/segmentio/ksuid", Effect: Varies},
	{Path: "github.com/oklog/ulid/…", Effect: Varies}, {Path: "github.com/hashicorp/go-uuid", Effect: Varies},
	{Path: "github.com/pkg/errors", Effect: Pure}, {Path: "golang.org/x/xerrors", Effect: Pure},
	{Path: "github.com/mitchellh/go-homedir", Effect: Reads}, {Path: "github.com/spf13/cast", Effect: Pure},

	// Loggers: a call as a statement writes a line; other calls make a logger or a field. Fatal, Panic and Exit end the program.
	{Path: "github.com/sirupsen/logrus", Effect: Logs}, {Path: "github.com/Sirupsen/logrus", Effect: Logs}, {Path: "go.uber.org/zap", Effect: Logs},
	{Path: "github.com/rs/zerolog/…", Effect: Logs}, {Path: "github.com/golang/glog", Effect: Logs}, {Path: "k8s.io/klog/…", Effect: Logs},
	{Path: "github.com/hashicorp/go-hclog", Effect: Logs}, {Path: "github.com/inconshreveable/log15/…", Effect: Logs},
	{Path: "github.com/apex/log", Effect: Logs}, {Path: "github.com/charmbracelet/log", Effect: Logs}, {Path: "github.com/go-kit/log/…", Effect: Logs},
	{Path: "github.com/go-kit/kit/log/…", Effect: Logs}, {Path: "github.com/phuslu/log", Effect: Logs}, {Path: "github.com/op/go-logging", Effect: Logs},
	{Path: "github.com/go-logr/logr", Effect: Logs},
}
