package main

import (
	"fmt"
	"strings"
)

// A shape is one way to be large.
type shape struct {
	name  string
	size  int // the usual one
	about string
	fill  func(m module, n int)
}

var shapes = []shape{
	{"packages", 5000, "packages above the one that has the exchange, each with a call of it", func(m module, n int) {
		m["client/client.go"] = program{pkg: "client", decl: "\n// Token returns a token.\nfunc Token() (string, error) { return fetch() }\n"}.file()
		for i := range n {
			m[fmt.Sprintf("p%d/p.go", i)] = textf("package p#\n\nimport \"example.com/pathological/client\"\n\n// Run uses a token.\nfunc Run() (int, error) {\n\tt, err := client.Token()\n\treturn len(t), err\n}\n")(i)
		}
		m["main.go"] = "package main\n\nimport (\n" + times(n, textf("\t\"example.com/pathological/p#\"\n")) + ")\n\nfunc main() {\n" + times(n, textf("\tprintln(p#.Run())\n")) + "}\n"
	}},
	{"flows", 2000, "flows in one package, fifty a file", flows},
	{"flows-broken", 100, "the same, of which one breaks a file behind a build tag", func(m module, n int) {
		flows(m, n)
		sfx := fmt.Sprint("S", n/2)
		for name, text := range m {
			text = strings.Replace(text, "func sign"+sfx+"(clientID string) (string, error) {\n", "type settings"+sfx+" struct{ host, file string }\n\nfunc sign"+sfx+"(clientID string) (string, error) {\n\ts := settings"+sfx+"{host: imsHost, file: os.Getenv(\"PRIVATE_KEY_FILE"+sfx+"\")}\n", 1)
			text = strings.Replace(text, "os.ReadFile(os.Getenv(\"PRIVATE_KEY_FILE"+sfx+"\"))", "os.ReadFile(s.file)", 1)
			text = strings.Replace(text, "\"ORG_ID"+sfx+"\"),\n", "\"ORG_ID"+sfx+"\"),\n\t\t\"host\": s.host,\n", 1)
			m[name] = text
		}
		m["other.go"] = "//go:build other\n\npackage main\n\n// The rewrite takes the fields away, which nothing here names.\nvar Other = settings" + sfx + "{\"one\", \"two\"}\n"
	}},
	{"chain-key", 200, "functions between the key and the request, each handing the assertion back", func(m module, n int) {
		m["main.go"] = program{sign: "step0", main: printed, decl: times(n, func(i int) string {
			next := fmt.Sprint("step", i+1)
			if i == n-1 {
				next = "sign"
			}
			return fmt.Sprintf("\nfunc step%d(clientID string) (string, error) { return %s(clientID) }\n", i, next)
		})}.file()
	}},
	{"chain-checked", 200, "the same, each with a look at the error", func(m module, n int) {
		m["main.go"] = program{sign: "step0", main: printed, decl: times(n, func(i int) string {
			next := fmt.Sprint("step", i+1)
			if i == n-1 {
				next = "sign"
			}
			return fmt.Sprintf("\nfunc step%d(clientID string) (string, error) {\n\ts, err := %s(clientID)\n\tif err != nil {\n\t\treturn \"\", fmt.Errorf(\"step %d: %%w\", err)\n\t}\n\treturn s, nil\n}\n", i, next, i)
		})}.file()
	}},
	{"chain-load", 200, "functions between the file of the key and the signature", func(m module, n int) {
		text := strings.Replace(program{main: printed}.file(), "os.ReadFile(os.Getenv(\"PRIVATE_KEY_FILE\"))", "step0()", 1)
		m["main.go"] = text + times(n, func(i int) string {
			next := fmt.Sprintf("step%d()", i+1)
			if i == n-1 {
				next = "os.ReadFile(os.Getenv(\"PRIVATE_KEY_FILE\"))"
			}
			return fmt.Sprintf("\nfunc step%d() ([]byte, error) { return %s }\n", i, next)
		})
	}},
	{"chain-use", 200, "functions between the exchange and the use of the token", func(m module, n int) {
		m["main.go"] = program{main: strings.ReplaceAll(printed, "fetch()", "step0()"), decl: times(n, func(i int) string {
			next := fmt.Sprint("step", i+1)
			if i == n-1 {
				next = "fetch"
			}
			return fmt.Sprintf("\nfunc step%d() (string, error) {\n\ts, err := %s()\n\tif err != nil {\n\t\treturn \"\", fmt.Errorf(\"step %d: %%w\", err)\n\t}\n\treturn s, nil\n}\n", i, next, i)
		})}.file()
	}},
	{"chain-answer", 200, "functions that hand the undecoded answer up", func(m module, n int) {
		text := program{main: printed}.file()
		text = strings.Replace(text, "http.PostForm(imsHost+\"/ims/exchange/jwt\", url.Values{", "step0(url.Values{", 1)
		m["main.go"] = text + times(n, func(i int) string {
			next := fmt.Sprintf("step%d(v)", i+1)
			if i == n-1 {
				next = "http.PostForm(imsHost+\"/ims/exchange/jwt\", v)"
			}
			return fmt.Sprintf("\nfunc step%d(v url.Values) (*http.Response, error) {\n\tresp, err := %s\n\tif err != nil {\n\t\treturn nil, fmt.Errorf(\"step %d: %%w\", err)\n\t}\n\treturn resp, nil\n}\n", i, next, i)
		})
	}},
	{"chain-twice", 200, "functions that each call the next in two places: 2^n ways", func(m module, n int) {
		m["main.go"] = program{main: strings.ReplaceAll(printed, "fetch()", "step0(len(os.Args))"), decl: times(n, func(i int) string {
			next := fmt.Sprintf("step%d(n - 1)", i+1)
			if i == n-1 {
				next = "fetch()"
			}
			return fmt.Sprintf("\nfunc step%d(n int) (string, error) {\n\tif n > %d {\n\t\treturn %s\n\t}\n\ts, err := %s\n\tif err != nil {\n\t\treturn \"\", fmt.Errorf(\"step %d: %%w\", err)\n\t}\n\treturn s, nil\n}\n", i, i, next, next, i)
		})}.file()
	}},
	{"sign-twice", 200, "the same between key and exchange", func(m module, n int) {
		m["main.go"] = program{sign: "step0", main: printed, decl: times(n, func(i int) string {
			next := fmt.Sprint("step", i+1)
			if i == n-1 {
				next = "sign"
			}
			return fmt.Sprintf("\nfunc step%d(clientID string) (string, error) {\n\tif len(clientID) > %d {\n\t\treturn %s(clientID + \"x\")\n\t}\n\ts, err := %s(clientID)\n\tif err != nil {\n\t\treturn \"\", fmt.Errorf(\"step %d: %%w\", err)\n\t}\n\treturn s, nil\n}\n", i, i, next, next, i)
		})}.file()
	}},
	{"callers", 2000, "callers of the function that sends, in one package", func(m module, n int) {
		m["main.go"] = program{main: times(n, textf("\tuse#()\n")), decl: times(n, textf("\nfunc use#() {\n\tt, err := fetch()\n\tif err != nil {\n\t\tfmt.Println(\"use #\", err)\n\t\treturn\n\t}\n\tfmt.Println(len(t))\n}\n"))}.file()
	}},
	{"generated", 50000, "lines of a generated file beside the flow", func(m module, n int) {
		m["main.go"] = program{main: printed}.file()
		m["generated.go"] = "// Code generated by hand. DO NOT EDIT.\n\npackage main\n\nimport \"encoding/json\"\n" + times(n/13, textf(`
// Thing# is a thing.
type Thing# struct {
	Name  string
	Key   []byte
	Inner *Thing0
}

// GetName returns the name.
func (t *Thing#) GetName() string { return t.Name }

// Marshal returns JSON.
func (t *Thing#) Marshal() ([]byte, error) { return json.Marshal(t) }
`))
	}},
	{"generated-words", 50000, "lines of a generated file beside the flow that has words of one in each function", func(m module, n int) {
		m["main.go"] = program{main: printed}.file()
		m["generated.go"] = "// Code generated by hand. DO NOT EDIT.\n\npackage main\n\nimport (\n\t\"net/http\"\n\t\"net/url\"\n)\n" + times(n/12, textf(`
// Send# sends.
func Send#(endpoint, assertion string) (*http.Response, error) {
	v := url.Values{}
	v.Set("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
	v.Set("assertion", assertion)
	if len(assertion) == # {
		return Send0(endpoint, assertion)
	}
	return http.PostForm(endpoint, v)
}
`))
	}},
	{"table", 10 << 20, "bytes of a composite literal beside the flow", func(m module, n int) {
		m["main.go"] = program{main: strings.Replace(printed, "len(t)", "len(t), len(table)", 1)}.file()
		m["table.go"] = "package main\n\nvar table = []byte{\n" + times(n/66, textf("\t0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0x01,\n")) + "}\n"
	}},
	{"table-structs", 10 << 20, "bytes of a literal of structs beside the flow", func(m module, n int) {
		m["main.go"] = program{main: strings.Replace(printed, "len(t)", "len(t), len(table)", 1)}.file()
		m["table.go"] = "package main\n\nvar table = map[string]struct {\n\tname, key string\n\tlist      []int\n}{\n" + times(n/60, func(i int) string {
			return fmt.Sprintf("\t\"%08d\": {name: \"some name\", key: \"k%08d\", list: []int{1, 2, 3}},\n", i, i)
		}) + "}\n"
	}},
	{"table-inside", 1 << 20, "bytes of a literal in the function that sends, behind the exchange", func(m module, n int) {
		m["main.go"] = program{main: printed, rest: "\ttable := map[string]string{\n" + times(n/32, func(i int) string {
			return fmt.Sprintf("\t\t\"%08d\": \"%08d\",\n", i, i)
		}) + "\t}\n\tfmt.Println(len(table))\n\treturn answer.AccessToken, nil\n"}.file()
	}},
	{"string", 10 << 20, "bytes of one string literal beside the flow", func(m module, n int) {
		m["main.go"] = program{main: strings.Replace(printed, "len(t)", "len(t), len(text)", 1)}.file()
		m["text.go"] = "package main\n\nvar text = `" + times(n/64, textf("a line of some text that nobody reads, and that is long enough..\n")) + "`\n"
	}},
	{"operands", 10000, "operands of a sum behind the exchange", func(m module, n int) {
		m["main.go"] = program{main: printed, rest: "\ts := answer.AccessToken" + strings.Repeat(" +\n\t\tos.Args[0]", n) + "\n\treturn s, nil\n"}.file()
	}},
	{"operands-url", 10000, "operands of the sum that is the client id", func(m module, n int) {
		m["main.go"] = strings.Replace(program{main: printed}.file(), "clientID := os.Getenv(\"CLIENT_ID\")", "clientID := os.Getenv(\"CLIENT_ID\")"+strings.Repeat(" +\n\t\tos.Args[0]", n), 1)
	}},
	{"parentheses", 5000, "calls in calls, behind the exchange", func(m module, n int) {
		m["main.go"] = program{main: printed, decl: "\nfunc same(s string) string { return s }\n", rest: "\treturn " + strings.Repeat("same(", n) + "answer.AccessToken" + strings.Repeat(")", n) + ", nil\n"}.file()
	}},
	{"ifs", 1000, "ifs in ifs behind the exchange", func(m module, n int) {
		m["main.go"] = program{main: printed, rest: times(n, textf("\tif len(os.Args) > # {\n")) + "\tfmt.Println(answer.AccessToken)\n" + strings.Repeat("\t}\n", n) + "\treturn answer.AccessToken, nil\n"}.file()
	}},
	{"ifs-around", 1000, "ifs in ifs around the exchange", func(m module, n int) {
		m["main.go"] = strings.Replace(strings.Replace(program{main: printed}.file(), "\tclientID := os.", times(n, textf("\tif len(os.Args) > # {\n"))+"\tclientID := os.", 1),
			"\treturn answer.AccessToken, nil\n", "\treturn answer.AccessToken, nil\n"+strings.Repeat("\t}\n", n)+"\treturn \"\", nil\n", 1)
	}},
	{"ifs-row", 1000, "ifs in a row behind the exchange: 2^n ways", func(m module, n int) {
		m["main.go"] = program{main: printed, rest: times(n, textf("\tif len(os.Args) > # {\n\t\tfmt.Println(#, answer.AccessToken)\n\t}\n")) + "\treturn answer.AccessToken, nil\n"}.file()
	}},
	{"ifs-errors", 500, "ifs in a row behind the exchange that look at the answer", func(m module, n int) {
		m["main.go"] = program{main: printed, rest: times(n, textf("\tif len(answer.AccessToken) == # {\n\t\treturn \"\", fmt.Errorf(\"length #\")\n\t}\n")) + "\treturn answer.AccessToken, nil\n"}.file()
	}},
	{"ifs-set", 500, "ifs in a row before the exchange that set a variable which is sent", func(m module, n int) {
		m["main.go"] = strings.Replace(program{main: printed}.file(), "\tassertion, err :=", times(n, textf("\tif len(os.Args) > # {\n\t\tclientID = os.Args[#]\n\t}\n"))+"\tassertion, err :=", 1)
	}},
	{"statements", 5000, "statements behind the exchange", func(m module, n int) {
		m["main.go"] = program{main: printed, rest: "\tx := 0\n" + times(n, textf("\tx += len(os.Args) * #\n")) + "\tfmt.Println(x)\n\treturn answer.AccessToken, nil\n"}.file()
	}},
	{"statements-token", 5000, "statements behind the exchange that use the token", func(m module, n int) {
		m["main.go"] = program{main: printed, rest: times(n, textf("\tfmt.Println(#, answer.AccessToken)\n")) + "\treturn answer.AccessToken, nil\n"}.file()
	}},
	{"statements-before", 5000, "statements before the exchange", func(m module, n int) {
		m["main.go"] = program{main: printed, with: "\tx := 0\n" + times(n, textf("\tx += len(os.Args) * #\n")) + "\tfmt.Println(x)\n"}.file()
	}},
	{"cases", 2000, "cases of a switch behind the exchange", func(m module, n int) {
		m["main.go"] = program{main: printed, rest: "\tswitch len(os.Args) {\n" + times(n, textf("\tcase #:\n\t\tfmt.Println(#, answer.AccessToken)\n")) + "\t}\n\treturn answer.AccessToken, nil\n"}.file()
	}},
	{"cases-status", 2000, "cases of a switch that looks at the status", func(m module, n int) {
		m["main.go"] = strings.Replace(program{main: printed}.file(), "\tif resp.StatusCode != http.StatusOK {", "\tswitch resp.StatusCode {\n"+times(n, func(i int) string {
			return fmt.Sprintf("\tcase %d:\n\t\treturn \"\", fmt.Errorf(\"status %d\")\n", 1000+i, i)
		})+"\t}\n\tif resp.StatusCode != http.StatusOK {", 1)
	}},
	{"literals", 200, "function literals in function literals around the exchange", func(m module, n int) {
		m["main.go"] = program{main: printed, decl: "\nfunc call(f func() (string, error)) (string, error) { return f() }\n\nfunc nested() (string, error) {\n" +
			strings.Repeat("\treturn call(func() (string, error) {\n", n) + "\treturn fetch()\n" + strings.Repeat("\t})\n", n) + "}\n"}.file()
		m["main.go"] = strings.Replace(m["main.go"], "t, err := fetch()\n\tif err != nil {\n\t\tfmt.Println(err)", "t, err := nested()\n\tif err != nil {\n\t\tfmt.Println(err)", 1)
	}},
	{"fields", 2000, "fields of a struct that goes with the client id", func(m module, n int) {
		text := strings.Replace(program{main: printed}.file(), "clientID := os.Getenv(\"CLIENT_ID\")", "c := settings{"+times(n, textf("F#: os.Getenv(\"F#\"), "))+"ID: os.Getenv(\"CLIENT_ID\")}\n\tclientID := c.ID", 1)
		m["main.go"] = text + "\ntype settings struct {\n" + times(n, textf("\tF# string\n")) + "\tID string\n}\n"
	}},
	{"methods", 2000, "types with the method by which the assertion is asked for", func(m module, n int) {
		text := strings.Replace(program{main: printed}.file(), "assertion, err := sign(clientID)", "assertion, err := pick(len(os.Args)).sign(clientID)", 1)
		m["main.go"] = text + "\ntype signer interface{ sign(string) (string, error) }\n\nfunc pick(n int) signer {\n\tswitch n {\n" + times(n, textf("\tcase #:\n\t\treturn t#{}\n")) + "\t}\n\treturn t0{}\n}\n" +
			times(n, textf("\ntype t# struct{}\n\nfunc (t#) sign(id string) (string, error) { return sign(id) }\n"))
	}},
	{"types", 3000, "types each made of the one before, twice", func(m module, n int) {
		m["main.go"] = program{main: printed, decl: "\ntype t0 struct{}\n" + times(n, func(i int) string { return fmt.Sprintf("\ntype t%d struct{ a, b *t%d }\n", i+1, i) })}.file()
	}},
	{"configs", 1000, "configuration files that name the variables of the flow", func(m module, n int) {
		m["main.go"] = program{main: printed}.file()
		for i := range n {
			dir := fmt.Sprintf("deploy/%d/", i)
			m[dir+"compose.yaml"] = "services:\n  report:\n    environment:\n      CLIENT_ID: a\n      PRIVATE_KEY_FILE: /run/key.pem\n" + times(200, textf("      OTHER_#: value\n"))
			m[dir+".env"] = "CLIENT_ID=a\nPRIVATE_KEY_FILE=/run/key.pem\nORG_ID=o\n"
		}
	}},
}

// flows writes flows into one package, fifty a file.
func flows(m module, n int) {
	const each = 50
	for from := 0; from < n; from += each {
		text := "package main\n" + imports
		for i := from; i < min(from+each, n); i++ {
			p := program{sfx: fmt.Sprint("S", i)}
			text += signed(p.sfx) + p.token()
		}
		m[fmt.Sprintf("flows%d.go", from/each)] = text
	}
	m["main.go"] = "package main\n" + host + "\nfunc main() {\n" + times(n, textf("\tprintln(fetchS#())\n")) + "}\n"
}
