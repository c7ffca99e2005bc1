package library

// tables lists the parts of the table. They are plain data that the linker lays out: no part of it
// runs at start.
func tables() [][]Func {
	return [][]Func{jwtRows, joseRows, jwxRows, otherJWTRows, keyRows, loadRows, signRows, oauthRows, httpRows, clientRows, passRows, textRows, stdlibRows, settingRows}
}

// Folded import paths.
const (
	golangJWT = "github.com/golang-jwt/jwt"
	jose      = "github.com/go-jose/go-jose"
	joseJWT   = "github.com/go-jose/go-jose/jwt"
	jwxRoot   = "github.com/lestrrat-go/jwx"
	jwxJWT    = "github.com/lestrrat-go/jwx/jwt"
	jwxJWS    = "github.com/lestrrat-go/jwx/jws"
	jwxJWK    = "github.com/lestrrat-go/jwx/jwk"
	oauth     = "golang.org/x/oauth2"
	oauthJWT  = "golang.org/x/oauth2/jwt"
	oauthJWS  = "golang.org/x/oauth2/jws"
	oauthCC   = "golang.org/x/oauth2/clientcredentials"
	google    = "golang.org/x/oauth2/google"
	cristal   = "github.com/cristalhq/jwt"
	gbrlsnchs = "github.com/gbrlsnchs/jwt"
	pascal    = "github.com/pascaldekloe/jwt"
	kataras   = "github.com/kataras/jwt"
	sermo     = "github.com/SermoDigital/jose"
	sermoKeys = "github.com/SermoDigital/jose/crypto"
	sermoJWS  = "github.com/SermoDigital/jose/jws"
	sermoJWT  = "github.com/SermoDigital/jose/jwt"
	stepJose  = "go.step.sm/crypto/jose"
	stepPEM   = "go.step.sm/crypto/pemutil"
	libtrust  = "github.com/docker/libtrust"
	jfcoteJWT = "github.com/jfcote87/oauth2/jwt"
	jfcoteJWS = "github.com/jfcote87/oauth2/jws"
	tpmJWT    = "github.com/salrashid123/golang-jwt-tpm"
	resty     = "github.com/go-resty/resty"
	imroc     = "github.com/imroc/req"
	retryable = "github.com/hashicorp/go-retryablehttp"
	fasthttp  = "github.com/valyala/fasthttp"
	sling     = "github.com/dghubble/sling"
	heimdall  = "github.com/gojek/heimdall/httpclient"
	requests  = "github.com/carlmjohnson/requests"
	adobeIMS  = "github.com/adobe/ims-go/ims"
	viper     = "github.com/spf13/viper"
	pflag     = "github.com/spf13/pflag"
	cobra     = "github.com/spf13/cobra"
	urfave    = "github.com/urfave/cli"
	kingpin   = "github.com/alecthomas/kingpin"
	koanf     = "github.com/knadh/koanf"
	vault     = "github.com/hashicorp/vault/api"
	jose2go   = "github.com/dvsekhvalnov/jose2go"
	jsoniter  = "github.com/json-iterator/go"
)
