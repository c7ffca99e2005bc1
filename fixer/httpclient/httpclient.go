// Package httpclient is the table of HTTP client libraries for rewrites: the methods that build and send a request, the accessors of an
// answer, and the conversion of the library's client to an *http.Client, which oauth2 requires.
//
// It has one row per library, and functions that find a row. analyzer/library has the rows for the analysis.
package httpclient

import (
	"go/types"
	"slices"
	"strings"
)

// Constants of net/http, which the command does not link: with cgo, packages net and os/user need libc, and with these packages a unit of go
// vet with nothing to do took a third longer.
const (
	MethodPost = "POST"
	StatusOK   = 200
)

// A Library is one row. A method that is not in the row may have any effect, so its use is a reason to decline.
type Library struct {
	Name string
	Path string // the path of the package, or of a parent
	Why  string // if not "", the reason why its requests are found and not rewritten

	// Types, as go/types prints them. If Request is "", requests are those of net/http.
	Request, Client, Response string

	Makes    []string // functions of the package that make a client without settings, by their full name
	Requests []string // methods of a client that begin a request
	Sends    []string // methods of a request that send it
	Receives []string // those of Sends whose first argument is a target for the answer
	ByDo     []string // methods of a client that make a request of net/http and pass it to Do of the same client

	// Methods of a request, by their treatment.
	Form    []string // the parameters, which the flow has
	Result  []string // a target for the answer
	Failure []string // a target for a refusal
	Header  []string // headers
	Context []string
	Through []string // an *http.Client
	URL     []string // the whole URL, which the flow has

	// Methods of a client.
	Carried []string // settings of the *http.Client behind it, which oauth2 uses
	Base    []string // the base URL, which the flow has
	Headers []string // headers of every request
	Gets    []string // without a change of the client
	Zero    []string // without a change of the client if the argument is 0

	Answer map[string]Accessor // methods and fields of a Response

	Standard string // the selector of a Client that returns the *http.Client
	Default  string // the expression for the *http.Client of the package's functions that send; "" for none
}

// An Accessor is the meaning of a method or a field of an answer.
type Accessor int

const (
	Unavailable Accessor = iota
	StatusCode           // 0 without an answer
	StatusText
	BodyBytes
	BodyText  // without the space around it
	IsSuccess // 200 to 299
	IsFailure // above 399
	ResultOf
	ErrorOf
	HeaderOf
)

const (
	resty     = "github.com/go-resty/resty/v2"
	retryable = "github.com/hashicorp/go-retryablehttp"
)

// libraries is the table. The version in a row's comment is that of the source that was read.
var libraries = []*Library{
	{ // v2.17.2: client.go, request.go, response.go
		Name: "resty", Path: resty,
		Request: "*" + resty + ".Request", Client: "*" + resty + ".Client", Response: "*" + resty + ".Response",
		Makes:    []string{resty + ".New", resty + ".NewWithClient"},
		Requests: []string{"R", "NewRequest"},
		Sends:    []string{"Post", "Execute"},
		Form:     []string{"SetFormData", "SetFormDataFromValues", "SetMultipartFormData"},
		Result:   []string{"SetResult"},
		Failure:  []string{"SetError"},
		Header:   []string{"SetHeader", "SetHeaders"},
		Context:  []string{"SetContext"},
		Carried: []string{"SetTimeout", "SetTransport", "SetTLSClientConfig", "SetProxy", "RemoveProxy", "SetCertificates", "SetRootCertificate",
			"SetRootCertificateFromString", "SetRedirectPolicy", "SetCookieJar"},
		Base:    []string{"SetBaseURL", "SetHostURL"},
		Headers: []string{"SetHeader", "SetHeaders"},
		Gets:    []string{"GetClient", "Transport", "IsProxySet"},
		Zero:    []string{"SetRetryCount"},
		Answer: map[string]Accessor{"StatusCode": StatusCode, "Status": StatusText, "Body": BodyBytes, "String": BodyText,
			"IsSuccess": IsSuccess, "IsError": IsFailure, "Result": ResultOf, "Error": ErrorOf, "Header": HeaderOf},
		Standard: ".GetClient()",
	},
	{ // v1.4.2: sling.go. A request is its own client. Base and Path are in no list: how they are joined depends on their values. So is Receive: whether
		// a refusal is JSON decides if it is an error.
		Name: "sling", Path: "github.com/dghubble/sling",
		Request:  "*github.com/dghubble/sling.Sling",
		Makes:    []string{"github.com/dghubble/sling.New"},
		Sends:    []string{"ReceiveSuccess"},
		Receives: []string{"ReceiveSuccess"},
		Form:     []string{"BodyForm"},
		Header:   []string{"Set", "Add"},
		Through:  []string{"Client"},
		URL:      []string{"Post"},
	},
	{ // v0.7.8: client.go. Functions of the package use a client of its own, with the defaults.
		Name: "retryablehttp", Path: retryable, Client: "*" + retryable + ".Client",
		Standard: ".StandardClient()", Default: "«" + retryable + "».NewClient().StandardClient()",
	},
	{ // v7.0.3: httpclient/client.go, hystrix/hystrix_client.go. The retries are in Do.
		Name: "heimdall", Path: "github.com/gojek/heimdall", ByDo: []string{"Post"},
	},
	// resty v3 reads the body on demand, v1 returns no answer with an error, and there are no tests for them.
	{Name: "resty v1", Path: "gopkg.in/resty.v1", Why: "only version 2 is understood"},
	{Name: "resty v3", Path: "resty.dev/v3", Why: "only version 2 is understood"},
	{Name: "fasthttp", Path: "github.com/valyala/fasthttp", Why: "it has no *http.Client"},
	{Name: "req", Path: "github.com/imroc/req", Why: "what it makes of an answer is not understood"},
	{Name: "gorequest", Path: "github.com/parnurzeal/gorequest", Why: "what it makes of an answer is not understood"},
	{Name: "grequests", Path: "github.com/levigross/grequests", Why: "what it makes of an answer is not understood"},
	{Name: "requests", Path: "github.com/carlmjohnson/requests", Why: "what it makes of an answer is not understood"},
}

// All returns the table. The caller must not change the rows.
func All() []*Library { return libraries }

// OfRequest returns the row of the type of a request, nil if there is none.
func OfRequest(t types.Type) *Library {
	return find(t, func(l *Library) string { return l.Request })
}

// OfClient returns the row of the type of a client, nil if there is none.
func OfClient(t types.Type) *Library {
	return find(t, func(l *Library) string { return l.Client })
}

// OfResponse returns the row of the type of an answer, nil if there is none.
func OfResponse(t types.Type) *Library {
	return find(t, func(l *Library) string { return l.Response })
}

func find(t types.Type, name func(*Library) string) *Library {
	if t == nil {
		return nil
	}
	s := t.String()
	for _, l := range libraries {
		if name(l) == s {
			return l
		}
	}
	return nil
}

// OfPackage returns the row of a package, nil if there is none.
func OfPackage(path string) *Library {
	for _, l := range libraries {
		if path == l.Path || strings.HasPrefix(path, l.Path+"/") {
			return l
		}
	}
	return nil
}

// OfFunc returns the row of the package of a function, nil if there is none.
func OfFunc(fn *types.Func) *Library {
	if fn == nil || fn.Pkg() == nil {
		return nil
	}
	return OfPackage(fn.Pkg().Path())
}

// SendsByDo reports whether a method of a client only makes a request of net/http and passes it to Do of the
// same client.
func SendsByDo(fn *types.Func) bool {
	l := OfFunc(fn)
	return l != nil && fn.Signature().Recv() != nil && slices.Contains(l.ByDo, fn.Name())
}
