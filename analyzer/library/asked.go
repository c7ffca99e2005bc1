package library

import "slices"

// asked are the types of a request to a server, whose values differ by caller. The paths are folded, as in the
// tables of functions.
var asked = map[string][]string{
	"net/http":                            {"Request"},
	"github.com/gin-gonic/gin":            {"Context"},
	"github.com/labstack/echo":            {"Context"},
	"github.com/gofiber/fiber":            {"Ctx"},
	"github.com/valyala/fasthttp":         {"RequestCtx"},
	"github.com/gorilla/sessions":         {"Session"},
	"google.golang.org/grpc/metadata":     {"MD"},
	"github.com/aws/aws-lambda-go/events": {"APIGatewayProxyRequest", "APIGatewayV2HTTPRequest", "APIGatewayCustomAuthorizerRequest", "LambdaFunctionURLRequest", "ALBTargetGroupRequest"},
	"github.com/astaxie/beego/context":    {"Context", "BeegoInput"},
	"github.com/beego/beego/server/web":   {"Controller"},
	"github.com/emicklei/go-restful":      {"Request"},
	"connectrpc.com/connect":              {"Request"},
	"github.com/kataras/iris/context":     {"Context"},
	"github.com/cloudwego/hertz/pkg/app":  {"RequestContext"},
}

// Asked reports whether the type is that of a request to a server.
func Asked(pkgPath, name string) bool {
	if name == "" {
		return false
	}
	id, _ := Fold(pkgPath)
	return slices.Contains(asked[id], name)
}
