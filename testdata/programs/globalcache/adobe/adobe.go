// Package adobe has the metrics of Adobe Analytics.
package adobe

import (
	"encoding/json"
	"net/http"
	"os"
)

// ClientID of the exporter.
const ClientID = "exporter"

// Metric returns the value of a metric.
func Metric(name string) (string, error) {
	token, err := AccessToken()
	if err != nil {
		return "", err
	}
	req, err := http.NewRequest("GET", os.Getenv("EXPORTER_API")+"/reports/"+name, nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("X-Api-Key", ClientID)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var r struct{ Login string }
	err = json.NewDecoder(resp.Body).Decode(&r)
	return r.Login, err
}
