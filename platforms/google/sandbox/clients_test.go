package sandbox

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	admin "google.golang.org/api/admin/directory/v1"
	"google.golang.org/api/chat/v1"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"
)

// The vendor's own clients work against the tenant, unchanged.
func TestGoogleClients(t *testing.T) {
	l := newLab(t, 1)
	ctx := context.Background()
	dir, err := admin.NewService(ctx, option.WithEndpoint(l.urls["directory"]), option.WithHTTPClient(httpClient(l.as("dana@acme.example", "admin.directory.user.readonly"))))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	err = dir.Users.List().Customer("my_customer").MaxResults(2).Fields("nextPageToken", "users(id,primaryEmail,name/fullName)").Pages(ctx, func(u *admin.Users) error {
		seen += len(u.Users)
		for _, one := range u.Users {
			if one.PrimaryEmail == "" || one.Name.FullName == "" || one.CustomerId != "" {
				t.Errorf("user %+v: want address and name, and no field outside the mask", one)
			}
		}
		return nil
	})
	if err != nil || seen != 7 {
		t.Fatalf("listed %d users, %v; want the 7 that are not deleted", seen, err)
	}

	svc := l.chat(t, l.as("dana@acme.example", "chat.admin.spaces.readonly"))
	found, err := svc.Spaces.Search().Query(`customer = "customers/my_customer" AND space_type = "SPACE"`).UseAdminAccess(true).Do()
	if err != nil || found.TotalSize != 2 || len(found.Results) != 2 || len(found.Spaces) != 2 {
		t.Fatalf("search: %+v, %v; want both spaces", found, err)
	}

	svc = l.chat(t, l.as("ann@acme.example", "chat.messages"))
	sent, err := svc.Spaces.Messages.Create("spaces/"+salesRoom, &chat.Message{Text: "Hello **all**, 2 \\* 3", MarkupSyntax: syntaxMarkdown}).
		RequestId("r-1").MessageId("client-one").Context(ctx).Do()
	if err != nil {
		t.Fatal(err)
	}
	if sent.Text != "Hello all, 2 * 3" || sent.FormattedText != `Hello **all**, 2 \* 3` || sent.Sender.Name != "users/"+annID || sent.ClientAssignedMessageId != "client-one" {
		t.Errorf("created %+v", sent)
	}
	again, err := svc.Spaces.Messages.Create("spaces/"+salesRoom, &chat.Message{Text: "other"}).RequestId("r-1").Do()
	if err != nil || again.Name != sent.Name {
		t.Errorf("same request id gave %v, %v; want the same message", again, err)
	}
	list, err := svc.Spaces.Messages.List("spaces/" + salesRoom).MarkupSyntax(syntaxChat).Do()
	if err != nil || len(list.Messages) != 1 || list.Messages[0].FormattedText != "Hello *all*, 2 * 3" {
		t.Errorf("list: %+v, %v", list, err)
	}
	_, err = svc.Spaces.Messages.Get("spaces/" + opsRoom + "/messages/x.y").Do()
	var api *googleapi.Error
	if !errors.As(err, &api) || api.Code != http.StatusForbidden {
		t.Errorf("reading a space one is not in: %v; want 403", err)
	}
	if created, err := time.Parse(time.RFC3339Nano, sent.CreateTime); err != nil || time.Since(created) > time.Minute {
		t.Errorf("createTime %q: %v", sent.CreateTime, err)
	}
}

func (l *lab) chat(t *testing.T, token string) *chat.Service {
	t.Helper()
	svc, err := chat.NewService(context.Background(), option.WithEndpoint(l.urls["chat"]), option.WithHTTPClient(httpClient(token)))
	if err != nil {
		t.Fatal(err)
	}
	return svc
}
