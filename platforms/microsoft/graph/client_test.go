package graph

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// request is what a server saw.
type request struct {
	Line, Body, Encoding string
	Length               int64
}

// serve answers every request with the status, header and body, and keeps what
// it saw.
func serve(t *testing.T, status int, header map[string]string, body string) (*Client, *[]request) {
	t.Helper()
	var seen []request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		seen = append(seen, request{r.Method + " " + r.URL.RequestURI(), string(raw), r.Header.Get("Content-Encoding"), r.ContentLength})
		w.Header().Set("Content-Type", "application/json")
		for k, v := range header {
			w.Header().Set(k, v)
		}
		w.WriteHeader(status)
		if _, err := io.WriteString(w, strings.ReplaceAll(body, "ROOT", "http://"+r.Host+"/")); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	c, err := New(server.URL+"/", http.DefaultTransport)
	if err != nil {
		t.Fatal(err)
	}
	return c, &seen
}

func TestRequestsAreThoseThatGraphDocuments(t *testing.T) {
	since := time.Date(2026, 3, 4, 5, 6, 7, 8e6, time.FixedZone("", 3600))
	place, thread := Place{Team: "T", Channel: "19:c@thread.tacv2"}, Place{Team: "T", Channel: "19:c@thread.tacv2", Root: "100"}
	channel := "/v1.0/teams/T/channels/19%3Ac%40thread.tacv2"
	fields := strings.Join(userFields, ",")
	tests := []struct {
		name string
		do   func(*Client) error
		want string
	}{
		{"the signed-in account", func(c *Client) error { _, err := c.Me(t.Context()); return err }, "GET /v1.0/me?$select=" + fields},
		{"its roles", func(c *Client) error { _, err := c.MyRoles(t.Context()); return err }, "GET /v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole"},
		{"the organisation", func(c *Client) error { _, err := c.Organization(t.Context()); return err }, "GET /v1.0/organization?$select=id,displayName,verifiedDomains,countryLetterCode"},
		{"the directory from its beginning", func(c *Client) error { _, err := c.UsersDelta(t.Context(), ""); return err }, "GET /v1.0/users/delta()?$select=" + fields},
		{"an account by an external sign-in name", func(c *Client) error { _, err := c.User(t.Context(), "a_b#EXT#@c"); return err }, "GET /v1.0/users/a_b%23EXT%23%40c?$select=" + fields},
		{"accounts by an address with a quote", func(c *Client) error { _, err := c.FindUsers(t.Context(), "o'hara@x.example"); return err },
			"GET /v1.0/users?$filter=mail%20eq%20%27o%27%27hara%40x.example%27%20or%20userPrincipalName%20eq%20%27o%27%27hara%40x.example%27" +
				"%20or%20proxyAddresses%2Fany%28p%3Ap%20eq%20%27smtp%3Ao%27%27hara%40x.example%27%29&$select=" + fields},
		{"teams", func(c *Client) error { return c.Teams(t.Context(), func([]Team) error { return nil }) }, "GET /v1.0/teams"},
		{"channels", func(c *Client) error { _, err := c.Channels(t.Context(), "T"); return err }, "GET /v1.0/teams/T/channels"},
		{"members", func(c *Client) error { return c.TeamMembers(t.Context(), "T", func([]Member) error { return nil }) }, "GET /v1.0/teams/T/members"},
		{"a new name", func(c *Client) error { return c.RenameChannel(t.Context(), "T", place.Channel, "N") }, "PATCH " + channel},
		{"a post", func(c *Client) error { _, err := c.Post(t.Context(), place, Content{HTML: "x"}); return err }, "POST " + channel + "/messages"},
		{"a reply", func(c *Client) error { _, err := c.Post(t.Context(), thread, Content{HTML: "x"}); return err }, "POST " + channel + "/messages/100/replies"},
		{"an edit of a root", func(c *Client) error { return c.Edit(t.Context(), place, "100", Content{HTML: "x"}) }, "PATCH " + channel + "/messages/100"},
		{"an edit of a reply", func(c *Client) error { return c.Edit(t.Context(), thread, "101", Content{HTML: "x"}) }, "PATCH " + channel + "/messages/100/replies/101"},
		{"a deletion of a root", func(c *Client) error { return c.SoftDelete(t.Context(), place, "100") }, "POST " + channel + "/messages/100/softDelete"},
		{"a deletion of a reply", func(c *Client) error { return c.SoftDelete(t.Context(), thread, "101") }, "POST " + channel + "/messages/100/replies/101/softDelete"},
		{"one message", func(c *Client) error { _, err := c.Message(t.Context(), thread, "101"); return err }, "GET " + channel + "/messages/100/replies/101"},
		{"a thread", func(c *Client) error { _, err := c.Replies(t.Context(), thread); return err }, "GET " + channel + "/messages/100/replies?$top=50"},
		{"what changed since", func(c *Client) error { _, err := c.MessagesSince(t.Context(), place, since); return err },
			"GET " + channel + "/messages/delta()?$expand=replies&$filter=lastModifiedDateTime%20gt%202026-03-04T04%3A06%3A07.008Z&$top=50"},
		{"an undone deletion", func(c *Client) error { return c.UndoSoftDelete(t.Context(), place, "100") }, "POST " + channel + "/messages/100/undoSoftDelete"},
		{"an undone deletion of a reply", func(c *Client) error { return c.UndoSoftDelete(t.Context(), thread, "101") }, "POST " + channel + "/messages/100/replies/101/undoSoftDelete"},
		{"a reaction", func(c *Client) error { return c.SetReaction(t.Context(), place, "100", "👍") }, "POST " + channel + "/messages/100/setReaction"},
		{"a reaction to a reply", func(c *Client) error { return c.SetReaction(t.Context(), thread, "101", "👍") }, "POST " + channel + "/messages/100/replies/101/setReaction"},
		{"a reaction taken back", func(c *Client) error { return c.UnsetReaction(t.Context(), place, "100", "👍") }, "POST " + channel + "/messages/100/unsetReaction"},
		{"a reaction to a reply taken back", func(c *Client) error { return c.UnsetReaction(t.Context(), thread, "101", "👍") }, "POST " + channel + "/messages/100/replies/101/unsetReaction"},
		{"groups", func(c *Client) error { return c.Groups(t.Context(), func([]Group) error { return nil }) },
			"GET /v1.0/groups?$select=id,displayName,mail,groupTypes,securityEnabled,mailEnabled&$top=999"},
		{"accounts in a group", func(c *Client) error { return c.GroupMembers(t.Context(), "G", func([]string) error { return nil }) },
			"GET /v1.0/groups/G/transitiveMembers?$select=id&$top=999"},
		{"a new account", func(c *Client) error {
			_, err := c.CreateUser(t.Context(), NewUser{Address: "a@c.example"})
			return err
		}, "POST /v1.0/users"},
		{"a disabled account", func(c *Client) error { return c.EnableUser(t.Context(), "u1", false) }, "PATCH /v1.0/users/u1"},
		{"licences", func(c *Client) error { _, err := c.SKUs(t.Context()); return err }, "GET /v1.0/subscribedSkus"},
		{"licences of an account", func(c *Client) error { _, err := c.LicencesOf(t.Context(), "u1"); return err }, "GET /v1.0/users/u1?$select=id,assignedLicenses"},
		{"a licence given", func(c *Client) error { return c.AssignLicence(t.Context(), "u1", "s") }, "POST /v1.0/users/u1/assignLicense"},
		{"one team", func(c *Client) error { _, err := c.Team(t.Context(), "T"); return err }, "GET /v1.0/teams/T"},
		{"one channel", func(c *Client) error { _, err := c.Channel(t.Context(), "T", place.Channel); return err }, "GET " + channel},
		{"a new channel", func(c *Client) error { _, err := c.CreateChannel(t.Context(), "T", "N", ""); return err }, "POST /v1.0/teams/T/channels"},
		{"one member", func(c *Client) error { _, _, err := c.TeamMember(t.Context(), "T", "u1"); return err },
			"GET /v1.0/teams/T/members?$filter=%28microsoft.graph.aadUserConversationMember%2FuserId%20eq%20%27u1%27%29"},
		{"a member removed", func(c *Client) error { return c.RemoveTeamMember(t.Context(), "T", "MSM=") }, "DELETE /v1.0/teams/T/members/MSM%3D"},
		{"a channel's folder", func(c *Client) error { _, err := c.FilesFolder(t.Context(), place); return err }, "GET " + channel + "/filesFolder"},
		{"a file by its address", func(c *Client) error { _, err := c.SharedItem(t.Context(), "https://x.example/a b?"); return err },
			"GET /v1.0/shares/u%21aHR0cHM6Ly94LmV4YW1wbGUvYSBiPw/driveItem"},
		{"an upload", func(c *Client) error {
			_, err := c.CreateUploadSession(t.Context(), "b!D", "01F", "50% #1.txt")
			return err
		},
			"POST /v1.0/drives/b%21D/items/01F:/50%25%20%231.txt:/createUploadSession"},
		{"an image in a reply", func(c *Client) error {
			h, err := c.HostedContent(t.Context(), thread, "101", "aWQ9")
			if err != nil {
				return err
			}
			return h.Body.Close()
		}, "GET " + channel + "/messages/100/replies/101/hostedContents/aWQ9/$value"},
		{"subscriptions", func(c *Client) error { _, err := c.Subscriptions(t.Context()); return err }, "GET /v1.0/subscriptions"},
		{"a subscription", func(c *Client) error { _, err := c.Subscribe(t.Context(), NewSubscription{}); return err }, "POST /v1.0/subscriptions"},
		{"a renewal", func(c *Client) error { _, err := c.Renew(t.Context(), "s1", since); return err }, "PATCH /v1.0/subscriptions/s1"},
		{"the end of a subscription", func(c *Client) error { return c.Unsubscribe(t.Context(), "s1") }, "DELETE /v1.0/subscriptions/s1"},
		{"an invitation", func(c *Client) error {
			_, err := c.Invite(t.Context(), "a@b.example", "A", "https://x.example")
			return err
		}, "POST /v1.0/invitations"},
		{"a service principal", func(c *Client) error { _, err := c.ServicePrincipals(t.Context(), "app"); return err }, "GET /v1.0/servicePrincipals?$filter=appId%20eq%20%27app%27&$select=id,appId,displayName,accountEnabled,appRoles"},
		{"what it was granted", func(c *Client) error { _, err := c.AppRoleAssignments(t.Context(), "sp"); return err }, "GET /v1.0/servicePrincipals/sp/appRoleAssignments"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, seen := serve(t, 200, nil, `{}`)
			if err := test.do(c); err != nil {
				t.Fatal(err)
			}
			if len(*seen) != 1 || (*seen)[0].Line != test.want {
				t.Errorf("got  %+v\nwant %q", *seen, test.want)
			}
		})
	}
}

func TestBodiesAreSentPlainAndWhole(t *testing.T) {
	tests := []struct {
		name string
		do   func(*Client) error
		want string
	}{
		{"a post with a mention", func(c *Client) error {
			_, err := c.Post(t.Context(), Place{Team: "T", Channel: "C"}, Content{HTML: "<p><at id=\"0\">Jo</at> hi</p>", Mentions: []Mention{MentionOf(0, "u1", "Jo")}})
			return err
		}, `{"body":{"contentType":"html","content":"<p><at id=\"0\">Jo</at> hi</p>"},
			"mentions":[{"id":0,"mentionText":"Jo","mentioned":{"@odata.type":"#microsoft.graph.chatMessageMentionedIdentitySet",
			"user":{"@odata.type":"#microsoft.graph.teamworkUserIdentity","id":"u1","displayName":"Jo","userIdentityType":"aadUser"}}}]}`},
		{"a seat", func(c *Client) error { return c.AddTeamMember(t.Context(), "T", "u1", false) },
			`{"@odata.type":"#microsoft.graph.aadUserConversationMember","roles":[],"user@odata.bind":"ROOTv1.0/users('u1')"}`},
		{"a guest's seat", func(c *Client) error { return c.AddTeamMember(t.Context(), "T", "u1", true) },
			`{"@odata.type":"#microsoft.graph.aadUserConversationMember","roles":["guest"],"user@odata.bind":"ROOTv1.0/users('u1')"}`},
		{"a post with a file", func(c *Client) error {
			_, err := c.Post(t.Context(), Place{Team: "T", Channel: "C"}, Content{HTML: "x", Attachments: []Attachment{{ID: "g", ContentType: Reference, ContentURL: "https://x.example/f", Name: "f"}}})
			return err
		}, `{"body":{"contentType":"html","content":"x"},"attachments":[{"id":"g","contentType":"reference","contentUrl":"https://x.example/f","name":"f"}]}`},
		{"a reaction", func(c *Client) error { return c.SetReaction(t.Context(), Place{Team: "T", Channel: "C"}, "1", "👍") }, `{"reactionType":"👍"}`},
		{"a channel", func(c *Client) error { _, err := c.CreateChannel(t.Context(), "T", "New", "About"); return err },
			`{"displayName":"New","description":"About","membershipType":"standard"}`},
		{"an account", func(c *Client) error {
			_, err := c.CreateUser(t.Context(), NewUser{Address: "a@c.example", Nickname: "a", Name: "A B", Surname: "B", UsageLocation: "CH", Password: "p"})
			return err
		}, `{"accountEnabled":true,"displayName":"A B","mailNickname":"a","userPrincipalName":"a@c.example","surname":"B","usageLocation":"CH",
			"passwordProfile":{"password":"p","forceChangePasswordNextSignIn":true}}`},
		{"an account disabled", func(c *Client) error { return c.EnableUser(t.Context(), "u1", false) }, `{"accountEnabled":false}`},
		{"a licence", func(c *Client) error { return c.AssignLicence(t.Context(), "u1", "s") }, `{"addLicenses":[{"skuId":"s","disabledPlans":[]}],"removeLicenses":[]}`},
		{"an upload", func(c *Client) error { _, err := c.CreateUploadSession(t.Context(), "D", "F", "a.txt"); return err },
			`{"item":{"@microsoft.graph.conflictBehavior":"rename","name":"a.txt"}}`},
		{"a subscription", func(c *Client) error {
			_, err := c.Subscribe(t.Context(), NewSubscription{Resource: "r", ChangeType: "created", NotificationURL: "u", ClientState: "s", Expires: time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)})
			return err
		}, `{"resource":"r","changeType":"created","notificationUrl":"u","lifecycleNotificationUrl":"u","clientState":"s","includeResourceData":false,"expirationDateTime":"2026-01-02T03:04:05.006Z"}`},
		{"a name", func(c *Client) error { return c.RenameChannel(t.Context(), "T", "C", "New") }, `{"displayName":"New"}`},
		{"an invitation", func(c *Client) error {
			_, err := c.Invite(t.Context(), "a@b.example", "A B", "https://x.example")
			return err
		},
			`{"invitedUserEmailAddress":"a@b.example","invitedUserDisplayName":"A B","inviteRedirectUrl":"https://x.example","sendInvitationMessage":false}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, seen := serve(t, 201, nil, `{}`)
			if err := test.do(c); err != nil {
				t.Fatal(err)
			}
			got := (*seen)[0]
			if got.Encoding != "" || got.Length != int64(len(got.Body)) {
				t.Errorf("encoding %q, length %d of %d", got.Encoding, got.Length, len(got.Body))
			}
			want := strings.ReplaceAll(test.want, "ROOT", c.root.String())
			if diff := cmp.Diff(decode(t, want), decode(t, got.Body)); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

func decode(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

func TestRefusalsAreReadWhateverTheirForm(t *testing.T) {
	tests := []struct {
		name   string
		status int
		header map[string]string
		body   string
		want   Error
	}{
		{"in full", 429, map[string]string{"Retry-After": "2.128"}, `{"error":{"code":"TooManyRequests","message":"slow","innerError":{"request-id":"r1","code":"x"}}}`,
			Error{Status: 429, Code: "TooManyRequests", Text: "slow", RequestID: "r1", Inner: "x"}},
		{"without a message", 403, map[string]string{"request-id": "r2"}, `{"error":{"code":"Forbidden","message":null}}`, Error{Status: 403, Code: "Forbidden", RequestID: "r2"}},
		{"with an empty object", 404, nil, `{}`, Error{Status: 404}},
		{"with no body", 503, nil, ``, Error{Status: 503}},
		{"as a page of a proxy", 502, map[string]string{"Content-Type": "text/html"}, `<h1>Bad gateway</h1>`, Error{Status: 502}},
		{"as broken JSON", 500, nil, `{"error":`, Error{Status: 500}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, seen := serve(t, test.status, test.header, test.body)
			_, err := c.Channels(t.Context(), "T")
			var got *Error
			if !errors.As(err, &got) {
				t.Fatalf("got %v", err)
			}
			if got.Status != test.want.Status || got.Code != test.want.Code || got.Text != test.want.Text ||
				got.RequestID != test.want.RequestID || got.Inner != test.want.Inner || got.Decode {
				t.Errorf("got %+v", got)
			}
			if !strings.HasPrefix(err.Error(), "graph: list channels: ") {
				t.Errorf("error reads %q", err)
			}
			if len(*seen) != 1 {
				t.Errorf("the SDK repeated the request: %d", len(*seen))
			}
		})
	}
}

func TestTruncatedAnswersAreErrors(t *testing.T) {
	c, _ := serve(t, 200, nil, `{"value":[{"id":"a"},`)
	_, err := c.Channels(t.Context(), "T")
	var e *Error
	if !errors.As(err, &e) || !e.Decode || e.Status != 200 {
		t.Errorf("got %#v", err)
	}
}

func TestChangesToldInPartAreMarked(t *testing.T) {
	whole := map[string]any{}
	for _, f := range userFields {
		whole[f] = nil
	}
	whole["id"] = "u1"
	raw, err := json.Marshal(map[string]any{"value": []any{whole, map[string]any{"id": "u2", "displayName": "D"},
		map[string]any{"id": "u3", "@removed": map[string]any{"reason": "deleted"}}}, "@odata.deltaLink": "ROOTnext"})
	if err != nil {
		t.Fatal(err)
	}
	c, _ := serve(t, 200, nil, string(raw))
	got, err := c.UsersDelta(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Users) != 3 || !got.Users[0].Complete || got.Users[1].Complete || got.Users[2].Removed == nil || got.Users[2].Removed.Reason != "deleted" {
		t.Errorf("got %+v", got.Users)
	}
	if !c.Owns(got.DeltaLink) || c.Owns("https://elsewhere.example/v1.0/users/delta?x") || c.Owns("::") {
		t.Error("links of this API and of others are not told apart")
	}
}
