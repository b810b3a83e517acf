package graph

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	kjson "github.com/microsoft/kiota-serialization-json-go"
	"github.com/microsoftgraph/msgraph-sdk-go/users"
)

// directory is a page of accounts as Graph writes it.
func directory(n int) []byte {
	plans := strings.Repeat(`{"assignedDateTime":"2026-01-02T03:04:05Z","capabilityStatus":"Enabled","service":"exchange","servicePlanId":"efb87545-963c-4e0d-99df-69c6916d9eb0"},`, 12)
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`{"id":"%08d-0000-4000-8000-000000000000","displayName":"Person %d","givenName":"Person","surname":"%d","userPrincipalName":"p%d@c.example",
			"mail":"p%d@c.example","proxyAddresses":["SMTP:p%d@c.example","smtp:p.%d@c.example"],"otherMails":[],"accountEnabled":true,"userType":"Member",
			"employeeId":"%d","department":"Sales","assignedPlans":[%s]}`, i, i, i, i, i, i, i, i, strings.TrimSuffix(plans, ","))
	}
	return []byte(`{"value":[` + strings.Join(list, ",") + `],"@odata.deltaLink":"https://graph.example/v1.0/users/delta?$deltatoken=x"}`)
}

// BenchmarkDirectory compares what a page of a hundred accounts costs in our own
// structs and in the SDK's models.
func BenchmarkDirectory(b *testing.B) {
	data := directory(100)
	b.Run("structs", func(b *testing.B) {
		for b.Loop() {
			var p page[User]
			if err := json.Unmarshal(data, &p); err != nil || len(p.Value) != 100 {
				b.Fatal(len(p.Value), err)
			}
		}
	})
	b.Run("models", func(b *testing.B) {
		for b.Loop() {
			node, err := kjson.NewJsonParseNode(data)
			if err != nil {
				b.Fatal(err)
			}
			value, err := node.GetObjectValue(users.CreateDeltaGetResponseFromDiscriminatorValue)
			if err != nil || len(value.(users.DeltaGetResponseable).GetValue()) != 100 {
				b.Fatal(err)
			}
		}
	})
}
