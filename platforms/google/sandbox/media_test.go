package sandbox

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"google.golang.org/api/chat/v1"
	"google.golang.org/api/googleapi"

	world "miohub/platforms/sandbox"
)

// related is a multipart upload's body of metadata and content.
func related(meta, kind, content string) string {
	return "--b\r\nContent-Type: application/json\r\n\r\n" + meta + "\r\n--b\r\nContent-Type: " + kind + "\r\n\r\n" + content + "\r\n--b--\r\n"
}

const uploadPath = "upload/v1/spaces/" + salesRoom + "/attachments:upload?uploadType="

// sendFile uploads in one request.
func (l *lab) sendFile(token, name, kind, content string) answer {
	l.t.Helper()
	return l.send(token, "chat", "POST", uploadPath+"multipart", `multipart/related; boundary=b`, related(fmt.Sprintf(`{"filename":%q}`, name), kind, content))
}

// open begins a resumable upload and returns its address.
func (l *lab) openUpload(token string, header ...string) answer {
	l.t.Helper()
	req, err := http.NewRequest(http.MethodPost, l.urls["chat"]+uploadPath+"resumable", strings.NewReader(`{"filename":"a.bin"}`))
	if err != nil {
		l.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return l.do(req)
}

func (l *lab) chunk(at string, contentRange string, data []byte, header ...string) answer {
	l.t.Helper()
	req, err := http.NewRequest(http.MethodPut, at, bytes.NewReader(data))
	if err != nil {
		l.t.Fatal(err)
	}
	req.Header.Set("Content-Range", contentRange)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return l.do(req)
}

// raw fetches a file.
func (l *lab) raw(token, resource string) (int, string, string) {
	l.t.Helper()
	req, err := http.NewRequest(http.MethodGet, l.urls["chat"]+"v1/media/"+resource+"?alt=media", nil)
	if err != nil {
		l.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		l.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("Content-Type"), string(b)
}

func mediaRefusals() map[string]refused {
	upload := func(who, scope, name, content string) func(*lab) answer {
		return func(l *lab) answer { return l.sendFile(l.as(who, scope), name, "text/plain", content) }
	}
	post := func(token, upload string) func(*lab) answer {
		return func(l *lab) answer {
			return l.call(token, "chat", "POST", sales+"/messages", `{"text":"x","attachment":[{"attachmentDataRef":{"attachmentUploadToken":"`+upload+`"}}]}`)
		}
	}
	session := func(contentRange string, size int) func(*lab) answer {
		return func(l *lab) answer {
			a := l.want(l.openUpload(l.as(ann, "chat.messages")), 200)
			return l.chunk(a.header.Get("Location"), contentRange, make([]byte, size))
		}
	}
	return map[string]refused{
		"media.no-name":       no(400, "filename", upload(ann, "chat.messages", "", "x")),
		"media.blocked-type":  no(400, "Files of type .EXE", upload(ann, "chat.messages", "virus.EXE", "x")),
		"media.scope":         no(403, "insufficient authentication scopes", upload(ann, "chat.messages.readonly", "a.txt", "x")),
		"media.as-app":        no(403, "doesn't support app authentication", upload("", "chat.bot", "a.txt", "x")),
		"media.not-a-member":  no(403, "The caller does not have permission", upload("cam@acme-labs.example", "chat.messages", "a.txt", "x")),
		"media.no-media":      no(400, "Media is required", asks(ann, "chat.messages", "chat", "POST", sales+"/attachments:upload", `{"filename":"a.txt"}`)),
		"media.upload-type":   no(400, "uploadType", asks(ann, "chat.messages", "chat", "POST", uploadPath+"media", `x`)),
		"media.not-multipart": no(400, "multipart", asks(ann, "chat.messages", "chat", "POST", uploadPath+"multipart", `{"filename":"a.txt"}`)),
		"media.too-large": no(413, fmt.Sprint(maxMedia), func(l *lab) answer {
			return l.openUpload(l.as(ann, "chat.messages"), "X-Upload-Content-Length", fmt.Sprint(maxMedia+1))
		}),
		"media.chunk-size":  no(400, "multiple of 262144", session("bytes 0-99/200", 100)),
		"media.chunk-gap":   no(400, "0 bytes have been received", session("bytes 262144-524287/600000", chunkUnit)),
		"media.chunk-range": no(400, "Content-Range", session("bytes 5-2/10", 3)),
		"media.no-session": no(404, "NOT_FOUND", func(l *lab) answer {
			return l.chunk(l.urls["chat"]+uploadPath+"resumable&upload_id=x", "bytes 0-0/1", []byte("x"))
		}),
		"media.unknown-token": no(400, "upload token", func(l *lab) answer { return post(l.as(ann, "chat.messages"), "x")(l) }),
		"media.used-token": no(400, "upload token", func(l *lab) answer {
			token := l.as(ann, "chat.messages")
			up := l.want(l.sendFile(token, "a.txt", "text/plain", "x"), 200).str("attachmentDataRef.attachmentUploadToken")
			l.want(post(token, up)(l), 200)
			return post(token, up)(l)
		}),
		"media.anothers-token": no(400, "upload token", func(l *lab) answer {
			up := l.want(l.sendFile(l.as(ann, "chat.messages"), "a.txt", "text/plain", "x"), 200).str("attachmentDataRef.attachmentUploadToken")
			return post(l.as(bob, "chat.messages"), up)(l)
		}),
		"media.unknown":       no(404, "NOT_FOUND", asks(ann, "chat.messages", "chat", "GET", "v1/media/x?alt=media", "")),
		"media.metadata-user": no(403, "doesn't support user authentication", asks(ann, "chat.messages", "chat", "GET", sales+"/messages/x.x/attachments/y", "")),
		"media.download-other": no(403, "The caller does not have permission", func(l *lab) answer {
			token := l.as(ann, "chat.messages")
			up := l.want(l.sendFile(token, "a.txt", "text/plain", "x"), 200).str("attachmentDataRef.attachmentUploadToken")
			m := l.want(post(token, up)(l), 200)
			return l.call(l.as("cam@acme-labs.example", "chat.messages"), "chat", "GET", "v1/media/"+m.str("attachment.0.attachmentDataRef.resourceName")+"?alt=media", "")
		}),
	}
}

func TestAttachments(t *testing.T) {
	l := newLab(t, 1)
	token := l.as(ann, "chat.messages")
	up := l.want(l.sendFile(token, "Überblick.png", "image/png", "not really a picture"), 200)
	m := l.post(token, "", `{"attachment":[{"attachmentDataRef":{"attachmentUploadToken":"`+up.str("attachmentDataRef.attachmentUploadToken")+`"}}]}`)
	for path, want := range map[string]any{
		"attachment.0.contentName": "Überblick.png", "attachment.0.contentType": "image/png", "attachment.0.source": "UPLOADED_CONTENT",
	} {
		if got := m.at(path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	if !strings.HasPrefix(m.str("attachment.0.name"), m.str("name")+"/attachments/") {
		t.Errorf("attachment is called %s", m.str("attachment.0.name"))
	}
	resource := m.str("attachment.0.attachmentDataRef.resourceName")
	for who, token := range map[string]string{"another member": l.as(bob, "chat.messages.readonly"), "the author": token} {
		if code, kind, data := l.raw(token, resource); code != 200 || kind != "image/png" || data != "not really a picture" {
			t.Errorf("%s got %d %s %q", who, code, kind, data)
		}
	}
	if stored, ok := l.ten.Message(salesRoom, strings.TrimPrefix(m.str("name"), "spaces/"+salesRoom+"/messages/")); !ok || len(stored.Files) != 1 {
		t.Errorf("the World has %+v", stored.Files)
	}
	if err := l.ten.Join(salesRoom, "app:"+l.sa["client_id"], world.Membership{App: true}); err != nil {
		t.Fatal(err)
	}
	if a := l.get(l.as("", "chat.bot"), "v1/"+m.str("attachment.0.name")); a.str("contentName") != "Überblick.png" {
		t.Errorf("metadata: %s", a.raw)
	}
	l.want(l.call(token, "chat", "DELETE", "v1/"+m.str("name"), ""), 200)
	if code, _, _ := l.raw(token, resource); code != 404 {
		t.Errorf("a deleted message's file is still there: %d", code)
	}
}

func TestResumableUpload(t *testing.T) {
	l := newLab(t, 1)
	token := l.as(ann, "chat.messages")
	open := l.want(l.openUpload(token, "X-Upload-Content-Type", "application/x-a", "X-Upload-Content-Length", "300000"), 200)
	at := open.header.Get("Location")
	if q, err := url.Parse(at); err != nil || q.Query().Get("upload_id") == "" {
		t.Fatalf("session at %q", at)
	}
	data := bytes.Repeat([]byte("0123456789"), 30000)
	if a := l.want(l.chunk(at, "bytes 0-262143/300000", data[:chunkUnit]), 308); a.header.Get("Range") != "bytes=0-262143" {
		t.Errorf("first chunk: %v", a.header)
	}
	if a := l.want(l.chunk(at, "bytes */300000", nil, "X-GUploader-No-308", "yes"), 200); a.header.Get("X-Http-Status-Code-Override") != "308" || a.header.Get("Range") != "bytes=0-262143" {
		t.Errorf("how far: %v", a.header)
	}
	// A chunk that arrived may come again.
	l.want(l.chunk(at, "bytes 0-262143/300000", data[:chunkUnit]), 308)
	done := l.want(l.chunk(at, "bytes 262144-299999/300000", data[chunkUnit:]), 200)
	m := l.post(token, "", `{"text":"see","attachment":[{"attachmentDataRef":{"attachmentUploadToken":"`+done.str("attachmentDataRef.attachmentUploadToken")+`"}}]}`)
	if code, kind, got := l.raw(token, m.str("attachment.0.attachmentDataRef.resourceName")); code != 200 || kind != "application/x-a" || got != string(data) {
		t.Errorf("downloaded %d %s, %d bytes", code, kind, len(got))
	}
}

// Google's client uploads in both protocols and downloads.
func TestGoogleClientCarriesFiles(t *testing.T) {
	l := newLab(t, 1)
	svc := l.chat(t, l.as(ann, "chat.messages"))
	for name, size := range map[string]int{"small.bin": 1000, "large.bin": 3*chunkUnit + 17} {
		data := bytes.Repeat([]byte("x"), size)
		up, err := svc.Media.Upload("spaces/"+salesRoom, &chat.UploadAttachmentRequest{Filename: name}).
			Media(bytes.NewReader(data), googleapi.ChunkSize(chunkUnit), googleapi.ContentType("application/x-b")).Do()
		if err != nil {
			t.Fatal(err)
		}
		l.calm()
		m, err := svc.Spaces.Messages.Create("spaces/"+salesRoom, &chat.Message{Text: name, Attachment: []*chat.Attachment{{AttachmentDataRef: up.AttachmentDataRef}}}).Do()
		if err != nil || len(m.Attachment) != 1 || m.Attachment[0].ContentName != name {
			t.Fatalf("create: %+v, %v", m, err)
		}
		res, err := svc.Media.Download(m.Attachment[0].AttachmentDataRef.ResourceName).Download()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s: %d bytes back of %d, %v", name, len(got), size, err)
		}
	}
}

// What people do in their own client is in the feed with whose it was.
func TestReactionsOfPeopleAreEvents(t *testing.T) {
	l := newLab(t, 1)
	token := l.as(ann, "chat.messages", "chat.messages.reactions.readonly")
	m, err := l.w.Say(TenantName, salesRoom, annID, "", "aaaaaaaaaaa.aaaaaaaaaaa", world.Text("hello"))
	if err != nil {
		t.Fatal(err)
	}
	for _, on := range []bool{true, false} {
		if err := l.w.React(TenantName, salesRoom, m.ID, bobID, "👍", on); err != nil {
			t.Fatal(err)
		}
	}
	filter := query(`event_types:"google.workspace.chat.reaction.v1.created" OR event_types:"google.workspace.chat.reaction.v1.deleted"`)
	list := l.get(token, sales+"/spaceEvents?filter="+filter).list("spaceEvents")
	if len(list) != 2 {
		t.Fatalf("%d events, want two", len(list))
	}
	made, gone := view(list[0]), view(list[1])
	if made.str("reactionCreatedEventData.reaction.user.name") != "users/"+bobID || made.str("reactionCreatedEventData.reaction.emoji.unicode") != "👍" {
		t.Errorf("created: %v", made.body)
	}
	if name := made.str("reactionCreatedEventData.reaction.name"); name == "" || gone.str("reactionDeletedEventData.reaction.name") != name {
		t.Errorf("deleted: %v", gone.body)
	}
}
