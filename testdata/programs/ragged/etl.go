package main
import (
    "encoding/json"
    "fmt"
    "io/ioutil"
    "net/http"
    "net/url"
    "os"
    "time"
    jwt "github.com/golang-jwt/jwt/v4"
)

// Version is set by the build script, keep the blanks
var   Version   =   "4.2"

type  row  struct { Login, Path string }

/* fetch   : gets one page
   (the format of this comment is relied upon by our doc tool) */
func fetch( token string, page int ) (row, error) {
    var r row
    req,err := http.NewRequest( "GET", fmt.Sprintf("https://analytics.adobe.io/api/etl/page/%d",page), nil )
    if err!=nil { return r,err }
    req.Header.Set("Authorization","Bearer "+token); req.Header.Set("x-api-key", os.Getenv("ETL_ID"))
    resp,err := http.DefaultClient.Do(req)
    if err!=nil { return r,err }
    defer resp.Body.Close()
    err = json.NewDecoder(resp.Body).Decode(&r)
    return r,err
}

func getToken() (tok string, err error) {
    base := os.Getenv("ETL_IMS")
    keyData,err := ioutil.ReadFile( os.Getenv("ETL_KEY") )
    if err!=nil { return }
    key,err := jwt.ParseRSAPrivateKeyFromPEM(keyData)
    if err!=nil { return }
    t := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
        "iss":os.Getenv("ETL_ORG"), "sub":os.Getenv("ETL_ACCT"),
        "aud":base+"/c/"+os.Getenv("ETL_ID"),
        "exp":time.Now().Unix()+3600,
        base+"/s/ent_analytics_bulk_ingest_sdk":true })
    s,err := t.SignedString(key)
    if err!=nil { return }
    v := url.Values{}
    v.Set("client_id",os.Getenv("ETL_ID"));v.Set("client_secret",os.Getenv("ETL_SECRET"))
    v.Set("jwt_token",s)
    resp,err := http.PostForm(base+"/ims/exchange/jwt/", v)
    if err!=nil { return }
    defer resp.Body.Close()
    var m map[string]interface{}
    if err = json.NewDecoder(resp.Body).Decode(&m); err!=nil { return }
    tok,ok := m["access_token"].(string)
    if !ok { return "", fmt.Errorf("no access_token: %v", m["error"]) }
    return tok,nil
}

func main() {
    tok,err := getToken()
    if err!=nil { fmt.Println("ERROR"); os.Exit(1) }     // the scheduler wants exactly this
    for p:=0;p<3;p++ {
        r,err := fetch(tok,p)
        if err!=nil { fmt.Println("ERROR"); os.Exit(1) }
        fmt.Println(   Version, r.Login,r.Path   )
    }
}
