package library

// net/http and what stands beside it in the standard library.
var httpRows = []Func{
	{Pkg: "net/http", Name: "PostForm", Role: Send, HTTPMethod: "POST", URL: A0, Form: A1, Result: R0, Distinct: true},
	{Pkg: "net/http", Name: "Post", Role: Send, HTTPMethod: "POST", URL: A0, Body: A2, Result: R0},
	{Pkg: "net/http", Name: "Get", Role: Send, HTTPMethod: "GET", URL: A0, Result: R0},
	{Pkg: "net/http", Recv: "Client", Name: "PostForm", Role: Send, HTTPMethod: "POST", Client: Recv, URL: A0, Form: A1, Result: R0, Distinct: true},
	{Pkg: "net/http", Recv: "Client", Name: "Post", Role: Send, HTTPMethod: "POST", Client: Recv, URL: A0, Body: A2, Result: R0},
	{Pkg: "net/http", Recv: "Client", Name: "Get", Role: Send, HTTPMethod: "GET", Client: Recv, URL: A0, Result: R0},
	{Pkg: "net/http", Recv: "Client", Name: "Do", Role: Send, Client: Recv, Req: A0, Result: R0},
	{Pkg: "net/http", Recv: "RoundTripper", Name: "RoundTrip", Abstract: true, Role: Send, Client: Recv, Req: A0, Result: R0, Distinct: true},
	{Pkg: "net/http", Recv: "Transport", Name: "RoundTrip", Role: Send, Client: Recv, Req: A0, Result: R0, Distinct: true},
	{Pkg: "net/http", Name: "NewRequest", Role: Request, Method: A0, URL: A1, Body: A2, Result: R0, Distinct: true},
	{Pkg: "net/http", Name: "NewRequestWithContext", Role: Request, Context: A0, Method: A1, URL: A2, Body: A3, Result: R0, Distinct: true},
	{Pkg: "net/http", Recv: "Request", Name: "WithContext", Role: Pass, Context: A0, Flow: []Edge{{Recv, R0}}},
	{Pkg: "net/http", Recv: "Request", Name: "Clone", Role: Pass, Context: A0, Flow: []Edge{{Recv, R0}}},
	{Pkg: "net/http", Recv: "Request", Name: "SetBasicAuth", Role: SetHeader, Req: Recv, Field: "Authorization", FieldValue: A1},
	{Pkg: "net/http", Recv: "Header", Name: "Set", Role: SetHeader, FieldKey: A0, FieldValue: A1},
	{Pkg: "net/http", Recv: "Header", Name: "Add", Role: SetHeader, FieldKey: A0, FieldValue: A1},
	{Pkg: "net/http", Name: "MaxBytesReader", Role: Pass, Flow: []Edge{{A1, R0}}, Output: Reader},
	{Pkg: "golang.org/x/net/context/ctxhttp", Name: "PostForm", Role: Send, HTTPMethod: "POST", Context: A0, Client: A1, URL: A2, Form: A3, Result: R0, Distinct: true},
	{Pkg: "golang.org/x/net/context/ctxhttp", Name: "Post", Role: Send, HTTPMethod: "POST", Context: A0, Client: A1, URL: A2, Body: A4, Result: R0},
	{Pkg: "golang.org/x/net/context/ctxhttp", Name: "Do", Role: Send, Context: A0, Client: A1, Req: A2, Result: R0},

	{Pkg: "net/url", Recv: "Values", Name: "Set", Role: SetField, Form: Recv, FieldKey: A0, FieldValue: A1, Flow: []Edge{{A1, Recv}}},
	{Pkg: "net/url", Recv: "Values", Name: "Add", Role: SetField, Form: Recv, FieldKey: A0, FieldValue: A1, Flow: []Edge{{A1, Recv}}},
	{Pkg: "mime/multipart", Recv: "Writer", Name: "WriteField", Role: SetField, Form: Recv, FieldKey: A0, FieldValue: A1, Flow: []Edge{{A1, Recv}}, Distinct: true},
	{Pkg: "mime/multipart", Recv: "Writer", Name: "CreateFormField", Role: SetField, Form: Recv, FieldKey: A0, FieldValue: R0, Flow: []Edge{{R0, Recv}}, Distinct: true},
	{Pkg: "mime/multipart", Recv: "Writer", Name: "CreateFormFile", Role: SetField, Form: Recv, FieldKey: A0, FieldValue: R0, Flow: []Edge{{R0, Recv}}},
}
