package slice

import (
	"strings"
)

// A class says what happens when a call whose result nobody wants is left out.
type class int

const (
	strong  class = iota // something that others see is lost: the call stays
	pure                 // nothing
	log                  // a line of output
	exit                 // the end of the program or of the goroutine
	closes               // a resource is released that the call's operand holds; goes with the resource
	defines              // a flag is defined: the call stays, what it fills may go
	locks                // a mutex is taken or given back: of use only while something else happens
	module               // whatever the function of the module does
)

// purePackages are the packages whose calls may be left out, by import path; a path that
// ends in /… stands for all below it too. Exceptions are in callTable.
var purePackages = []string{
	// standard library
	"strings", "bytes", "strconv", "errors", "unicode/…", "math/…", "sort", "slices", "maps", "cmp", "iter",
	"encoding/…", "crypto/…", "hash/…", "net/url", "mime/…", "path/…", "regexp/…", "reflect", "html", "bufio",
	"embed", "io/fs", "context", "unsafe", "text/template/…", "net/textproto", "net/netip", "unique", "container/…",
	// JWT and JOSE
	"github.com/golang-jwt/jwt/…", "github.com/dgrijalva/jwt-go/…", "gopkg.in/dgrijalva/jwt-go.v2/…", "gopkg.in/dgrijalva/jwt-go.v3/…",
	"github.com/form3tech-oss/jwt-go/…", "github.com/go-jose/go-jose/…", "gopkg.in/go-jose/…", "github.com/square/go-jose/…",
	"gopkg.in/square/go-jose.v1/…", "gopkg.in/square/go-jose.v2/…", "github.com/lestrrat-go/jwx/…", "github.com/lestrrat/go-jwx/…",
	"github.com/cristalhq/jwt/…", "github.com/gbrlsnchs/jwt/…", "github.com/pascaldekloe/jwt/…", "github.com/kataras/jwt/…",
	"github.com/SermoDigital/jose/…", "golang.org/x/oauth2/jws", "golang.org/x/oauth2/jwt", "golang.org/x/oauth2/clientcredentials",
	// keys
	"github.com/youmark/pkcs8", "software.sslmate.com/src/go-pkcs12", "golang.org/x/crypto/…",
	// identifiers and errors
	"github.com/google/uuid", "github.com/gofrs/uuid/…", "github.com/satori/go.uuid", "github.com/pborman/uuid", "github.com/rs/xid",
	"github.com/segmentio/ksuid", "github.com/oklog/ulid/…", "github.com/hashicorp/go-uuid", "github.com/pkg/errors", "golang.org/x/xerrors",
	"github.com/mitchellh/go-homedir", "github.com/spf13/cast", "github.com/google/go-querystring/query",
}

// callTable holds single functions and methods, as types.Func.FullName writes them without the
// star of a pointer receiver. A name that ends in * is a prefix.
var callTable = map[string]class{
	"time.*": pure, "time.Sleep": strong, "time.After": strong, "time.AfterFunc": strong, "time.Tick": strong,
	"time.NewTimer": strong, "time.NewTicker": strong, "(time.Timer).*": strong, "(time.Ticker).*": strong, "(time.*": pure,

	"fmt.Sprint*": pure, "fmt.Errorf": pure, "fmt.Sscan*": pure, "fmt.Append*": pure, "fmt.Print*": log, "(fmt.Stringer).*": pure,

	"os.ReadFile": pure, "os.Getenv": pure, "os.LookupEnv": pure, "os.Environ": pure, "os.Open": pure, "os.Stat": pure, "os.Lstat": pure,
	"os.Getwd": pure, "os.UserHomeDir": pure, "os.UserConfigDir": pure, "os.Hostname": pure, "os.Expand*": pure, "os.Is*": pure,
	"os.ReadDir": pure, "os.DirFS": pure, "os.Executable": pure, "os.TempDir": pure, "os.Exit": exit, "os.Getpid": pure,
	"(os.File).Close": closes, "(os.File).Read*": pure, "(os.File).Stat": pure, "(os.File).Name": pure, "(os.FileInfo).*": pure,

	"io.ReadAll": pure, "io.ReadFull": pure, "io.ReadAtLeast": pure, "io.NopCloser": pure, "io.LimitReader": pure, "io.Copy": pure, "io.CopyN": pure,
	"io.TeeReader": pure, "io.MultiReader": pure, "io.NewSectionReader": pure, "io.WriteString": pure, "(io.Reader).*": pure,
	"(io.Closer).Close": closes, "(io.ReadCloser).Close": closes, "(io.WriteCloser).Close": closes, "(io.Writer).*": pure, "(io.StringWriter).*": pure,
	"io/ioutil.ReadFile": pure, "io/ioutil.ReadAll": pure, "io/ioutil.NopCloser": pure, "io/ioutil.ReadDir": pure,

	"net/http.NewRequest*": pure, "(net/http.Header).*": pure, "(net/http.Request).Write*": strong, "(net/http.Request).*": pure,
	"net/http.StatusText": pure, "net/http.CanonicalHeaderKey": pure, "net/http.ProxyURL": pure, "(net/http.Transport).Clone": pure,
	"net.ParseIP": pure, "net.JoinHostPort": pure, "net.SplitHostPort": pure,

	"sync.OnceFunc": pure, "sync.OnceValue": pure, "sync.OnceValues": pure,
	"(sync.Mutex).*": locks, "(sync.RWMutex).*": locks, "(sync.Locker).*": locks,
	"runtime.Goexit": exit, "runtime.*": pure, "path.*": pure, "path/filepath.Walk*": strong, "(error).Error": pure,
	"(sync/atomic.*": strong, "context.AfterFunc": strong,
	"crypto/rand.Read": pure, "crypto/tls.Dial*": strong, "crypto/tls.Listen*": strong, "(crypto/tls.Conn).*": strong,
	"(bufio.Writer).Flush": strong, "(encoding/json.Decoder).*": pure, "(encoding/json.Encoder).*": pure,
	"(text/template.Template).*": strong, "(mime/multipart.Reader).*": strong,
	"(embed.FS).*": pure,

	"github.com/adobe/ims-go/ims.NewClient": pure,

	// HTTP libraries: what puts a request together, and what asks an answer whose body has been read
	"github.com/go-resty/resty/v2.New*": pure, "(github.com/go-resty/resty/v2.Client).R": pure, "(github.com/go-resty/resty/v2.Client).NewRequest": pure,
	"(github.com/go-resty/resty/v2.Client).Set*": pure, "(github.com/go-resty/resty/v2.Client).GetClient": pure,
	"(github.com/go-resty/resty/v2.Request).Set*": pure, "(github.com/go-resty/resty/v2.Response).*": pure,
	"github.com/dghubble/sling.New": pure, "(github.com/dghubble/sling.Sling).*": pure, "(github.com/dghubble/sling.Sling).Receive*": strong,
	"(github.com/dghubble/sling.Sling).Do*":           strong,
	"github.com/hashicorp/go-retryablehttp.NewClient": pure, "github.com/hashicorp/go-retryablehttp.NewRequest*": pure,
	"github.com/hashicorp/go-retryablehttp.FromRequest": pure, "(github.com/hashicorp/go-retryablehttp.Client).StandardClient": pure,
	"(github.com/hashicorp/go-retryablehttp.Request).Set*": pure, "(github.com/hashicorp/go-retryablehttp.Request).WithContext": pure,

	"(github.com/lestrrat-go/jwx/*": pure, "github.com/lestrrat-go/jwx/jwk.Fetch*": strong, "github.com/lestrrat-go/jwx/v2/jwk.Fetch*": strong,
	"github.com/lestrrat-go/jwx/v3/jwk.Fetch*": strong,

	"golang.org/x/oauth2.NewClient": pure, "golang.org/x/oauth2.StaticTokenSource": pure, "golang.org/x/oauth2.ReuseTokenSource*": pure,
	"golang.org/x/oauth2/google.JWTConfigFromJSON": pure, "(golang.org/x/oauth2.Token).*": pure,
	"(golang.org/x/oauth2/clientcredentials.Config).Token": strong,

	"github.com/spf13/viper.Get*": pure, "github.com/spf13/viper.IsSet": pure, "(github.com/spf13/viper.Viper).Get*": pure, "(github.com/spf13/viper.Viper).IsSet": pure,

	"(github.com/urfave/cli.Context).String*": pure, "(github.com/urfave/cli.Context).Is*": pure, "(github.com/urfave/cli.Context).Bool*": pure, "(github.com/urfave/cli.Context).Int*": pure,
	"(github.com/urfave/cli/v2.Context).String*": pure, "(github.com/urfave/cli/v2.Context).Is*": pure, "(github.com/urfave/cli/v2.Context).Path": pure,
	"(github.com/urfave/cli/v2.Context).Bool*": pure, "(github.com/urfave/cli/v2.Context).Int*": pure, "(github.com/urfave/cli/v2.Context).Duration": pure,
	"(github.com/urfave/cli/v3.Command).String*": pure, "(github.com/urfave/cli/v3.Command).Is*": pure, "(github.com/urfave/cli/v3.Command).Bool*": pure,
	"(github.com/urfave/cli/v3.Command).Int*": pure, "(github.com/urfave/cli/v3.Command).Duration": pure,
	"(github.com/knadh/koanf.Koanf).String*": pure, "(github.com/knadh/koanf.Koanf).Must*": pure, "(github.com/knadh/koanf.Koanf).Exists": pure,
	"(github.com/knadh/koanf/v2.Koanf).String*": pure, "(github.com/knadh/koanf/v2.Koanf).Must*": pure, "(github.com/knadh/koanf/v2.Koanf).Exists": pure,

	// secret stores: fetching a secret is reading
	"github.com/aws/aws-sdk-go-v2/config.*": pure, "github.com/aws/aws-sdk-go-v2/aws.*": pure, "github.com/aws/aws-sdk-go-v2/service/secretsmanager.New*": pure,
	"(github.com/aws/aws-sdk-go-v2/service/secretsmanager.Client).GetSecretValue": pure, "github.com/aws/aws-sdk-go-v2/service/ssm.New*": pure,
	"(github.com/aws/aws-sdk-go-v2/service/ssm.Client).GetParameter*": pure, "github.com/aws/aws-sdk-go-v2/service/s3.New*": pure,
	"(github.com/aws/aws-sdk-go-v2/service/s3.Client).GetObject": pure, "github.com/aws/aws-sdk-go-v2/service/kms.New*": pure,
	"(github.com/aws/aws-sdk-go-v2/service/kms.Client).Decrypt": pure,
	"github.com/aws/aws-sdk-go/aws.*":                           pure, "github.com/aws/aws-sdk-go/aws/session.*": pure, "github.com/aws/aws-sdk-go/service/secretsmanager.New": pure,
	"(github.com/aws/aws-sdk-go/aws.Config).*": pure, "(github.com/aws/aws-sdk-go/service/secretsmanager.SecretsManager).GetSecretValue*": pure,
	"(github.com/aws/aws-sdk-go/service/secretsmanager/secretsmanageriface.SecretsManagerAPI).GetSecretValue*": pure,
	"github.com/aws/aws-sdk-go/service/ssm.New":                                                                pure, "(github.com/aws/aws-sdk-go/service/ssm.SSM).GetParameter*": pure,
	"(github.com/aws/aws-sdk-go/service/ssm/ssmiface.SSMAPI).GetParameter*": pure,
	"cloud.google.com/go/secretmanager/apiv1.New*":                          pure, "(cloud.google.com/go/secretmanager/apiv1.Client).AccessSecretVersion": pure,
	"(cloud.google.com/go/secretmanager/apiv1/secretmanagerpb.*": pure, "(google.golang.org/genproto/googleapis/cloud/secretmanager/v1.*": pure,
	"(cloud.google.com/go/secretmanager/apiv1.Client).Close": closes,
	"github.com/hashicorp/vault/api.*":                       pure, "(github.com/hashicorp/vault/api.Config).*": pure, "(github.com/hashicorp/vault/api.Client).*": pure,
	"(github.com/hashicorp/vault/api.Logical).Read*": pure, "(github.com/hashicorp/vault/api.KVv2).Get*": pure, "(github.com/hashicorp/vault/api.KVv1).Get": pure,
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity.New*": pure, "github.com/Azure/azure-sdk-for-go/sdk/keyvault/azsecrets.New*": pure,
	"(github.com/Azure/azure-sdk-for-go/sdk/keyvault/azsecrets.Client).GetSecret": pure, "github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets.New*": pure,
	"(github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets.Client).GetSecret": pure,
	"k8s.io/client-go/rest.InClusterConfig":                                                pure, "k8s.io/client-go/kubernetes.NewForConfig*": pure, "(k8s.io/client-go/kubernetes.Clientset).CoreV1": pure,
	"(k8s.io/client-go/kubernetes.Interface).CoreV1": pure, "(k8s.io/client-go/kubernetes/typed/core/v1.*": strong,
	"(k8s.io/client-go/kubernetes/typed/core/v1.SecretsGetter).Secrets": pure, "(k8s.io/client-go/kubernetes/typed/core/v1.SecretInterface).Get": pure,
	"(k8s.io/client-go/kubernetes/typed/core/v1.CoreV1Client).Secrets": pure, "github.com/zalando/go-keyring.Get": pure,

	"flag.Parse*": strong, "flag.Set": strong, "flag.Args": pure, "flag.Arg": pure, "flag.NArg": pure,
	"flag.String*": defines, "flag.Bool*": defines, "flag.Int*": defines, "flag.Duration*": defines, "flag.Uint*": defines, "flag.Float*": defines,
	"flag.Var": defines, "flag.TextVar": defines, "flag.Func": strong,
	"(flag.FlagSet).String*": defines, "(flag.FlagSet).Bool*": defines, "(flag.FlagSet).Int*": defines, "(flag.FlagSet).Duration*": defines, "(flag.FlagSet).Var": defines,
	"(github.com/spf13/cobra.Command).Flags": pure, "(github.com/spf13/cobra.Command).PersistentFlags": pure, "(github.com/spf13/cobra.Command).LocalFlags": pure,
	"(github.com/spf13/cobra.Command).InheritedFlags": pure,
	"github.com/spf13/pflag.String*":                  defines, "github.com/spf13/pflag.Bool*": defines, "github.com/spf13/pflag.Int*": defines, "github.com/spf13/pflag.Duration*": defines,
	"(github.com/spf13/pflag.FlagSet).String*": defines, "(github.com/spf13/pflag.FlagSet).Bool*": defines, "(github.com/spf13/pflag.FlagSet).Int*": defines,
	"(github.com/spf13/pflag.FlagSet).Duration*": defines, "(github.com/spf13/pflag.FlagSet).Get*": pure, "(github.com/spf13/pflag.FlagSet).Changed": pure,
	"gopkg.in/alecthomas/kingpin.v2.Flag": defines, "(gopkg.in/alecthomas/kingpin.v2.FlagClause).*": defines, "(gopkg.in/alecthomas/kingpin.v2.Application).Flag": defines,
}

// sources are the functions that bring in what is outside of the program.
var sources = map[string]bool{
	"os.ReadFile": true, "io/ioutil.ReadFile": true, "os.Open": true, "io/fs.ReadFile": true, "(embed.FS).ReadFile": true, "(embed.FS).Open": true,
	"os.Getenv": true, "os.LookupEnv": true,
}

// keyPackages are those that make, parse or use keys.
var keyPackages = []string{
	"crypto/rsa", "crypto/ecdsa", "crypto/ed25519", "crypto/x509", "encoding/pem",
	"github.com/golang-jwt/jwt/…", "github.com/dgrijalva/jwt-go/…", "github.com/form3tech-oss/jwt-go/…", "github.com/go-jose/go-jose/…", "gopkg.in/go-jose/…",
	"github.com/square/go-jose/…", "gopkg.in/square/go-jose.v1/…", "gopkg.in/square/go-jose.v2/…", "github.com/lestrrat-go/jwx/…", "github.com/cristalhq/jwt/…",
	"github.com/gbrlsnchs/jwt/…", "github.com/pascaldekloe/jwt/…", "github.com/kataras/jwt/…", "github.com/SermoDigital/jose/…",
	"golang.org/x/oauth2/jws", "golang.org/x/oauth2/jwt", "github.com/youmark/pkcs8", "software.sslmate.com/src/go-pkcs12", "golang.org/x/crypto/pkcs12",
}

// logPackages are those whose statement calls write a line. Fatal, Panic and Exit end the program.
var logPackages = []string{
	"log/…", "github.com/sirupsen/logrus", "github.com/Sirupsen/logrus", "go.uber.org/zap", "github.com/rs/zerolog/…", "github.com/golang/glog",
	"k8s.io/klog/…", "github.com/hashicorp/go-hclog", "github.com/inconshreveable/log15/…", "github.com/apex/log", "github.com/charmbracelet/log",
	"github.com/go-kit/log/…", "github.com/go-kit/kit/log/…", "github.com/phuslu/log", "github.com/op/go-logging", "github.com/go-logr/logr",
}

// fills gives the operands that a function writes to, by position; -1 is the receiver.
var fills = map[string]int{
	"encoding/json.Unmarshal": 1, "encoding/xml.Unmarshal": 1, "encoding/asn1.Unmarshal": 1, "gopkg.in/yaml.v2.Unmarshal": 1, "gopkg.in/yaml.v3.Unmarshal": 1,
	"fmt.Fprintf": 0, "fmt.Fprint": 0, "fmt.Fprintln": 0, "io.Copy": 0, "io.CopyN": 0, "io.WriteString": 0, "io.ReadFull": 1, "io.ReadAtLeast": 1,
	"crypto/rand.Read": 0, "math/rand.Read": 0, "encoding/binary.Write": 0, "encoding/pem.Encode": 0, "encoding/hex.Encode": 0,
	"(encoding/base64.Encoding).Encode": 0, "(encoding/base64.Encoding).Decode": 0, "encoding/hex.Decode": 0,
	"encoding/json.Indent": 0, "encoding/json.Compact": 0, "sort.Strings": 0, "sort.Slice": 0, "sort.SliceStable": 0, "slices.Sort": 0, "maps.Copy": 0,
	"(encoding/json.Decoder).Decode": 0, "(encoding/xml.Decoder).Decode": 0, "(encoding/gob.Decoder).Decode": 0,
	"(encoding/json.Encoder).Encode": -1, "(encoding/xml.Encoder).Encode": -1, "(encoding/gob.Encoder).Encode": -1,
}

// mutators are the beginnings of method names that change their receiver.
var mutators = []string{
	"Set", "Add", "Del", "Write", "Put", "Reset", "Close", "Create", "Grow", "Truncate", "ReadFrom", "Push", "Insert", "Append", "Store", "Remove",
}

func inPackages(list []string, path string) bool {
	for _, p := range list {
		if base, below := strings.CutSuffix(p, "/…"); below {
			if path == base || strings.HasPrefix(path, base+"/") {
				return true
			}
		} else if path == p {
			return true
		}
	}
	return false
}

// lookup finds the longest entry for a full name.
func lookup(name string) (class, bool) {
	if c, ok := callTable[name]; ok {
		return c, true
	}
	for i := len(name); i > 0; i-- {
		if c, ok := callTable[name[:i]+"*"]; ok {
			return c, true
		}
	}
	return strong, false
}
