package sandbox

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	world "miohub/platforms/sandbox"
)

const fileScopes = "Files.ReadWrite.All Sites.ReadWrite.All " + bridgeScopes

// folder is the path of a channel's folder.
func (r *rig) folder(room string) string {
	a := r.want(r.graph("GET", channelPath(room)+"/filesFolder", r.as(annID, fileScopes), nil), 200)
	return "/drives/" + url.PathEscape(a.json["parentReference"].(map[string]any)["driveId"].(string)) + "/items/" + a.text("id")
}

// session begins an upload and returns where its pieces go.
func (r *rig) session(name, conflict string) string {
	body := map[string]any{"item": map[string]any{"@microsoft.graph.conflictBehavior": conflict, "name": name}}
	at := r.folder(deals) + ":/" + url.PathEscape(name) + ":/createUploadSession"
	return r.want(r.graph("POST", at, r.as(annID, fileScopes), body), 200).text("uploadUrl")
}

func (r *rig) piece(at string, data []byte, from, total int, header ...string) answer {
	head := append([]string{"Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, from+len(data)-1, total)}, header...)
	return r.do("PUT", at, "", string(data), head...)
}

func TestAFileComesInPiecesAndIsReadBack(t *testing.T) {
	r := newRig(t)
	data := bytes.Repeat([]byte("0123456789abcdef"), 2*chunk/16+100)
	at := r.session("Q3 report.txt", "rename")
	first := r.want(r.piece(at, data[:chunk], 0, len(data)), 202)
	if next := fmt.Sprint(first.json["nextExpectedRanges"]); next != fmt.Sprintf("[%d-]", chunk) {
		t.Errorf("next expected %s", next)
	}
	if state := r.want(r.do("GET", at, "", nil), 200); fmt.Sprint(state.json["nextExpectedRanges"]) != fmt.Sprintf("[%d-]", chunk) {
		t.Errorf("the session says %s", state.raw)
	}
	made := r.want(r.piece(at, data[chunk:], chunk, len(data)), 201)
	if made.text("name") != "Q3 report.txt" || made.json["size"] != float64(len(data)) || !strings.HasPrefix(made.text("eTag"), `"{`) {
		t.Errorf("made %s", made.raw)
	}
	r.want(r.do("GET", at, "", nil), 404) // the session has ended
	again := r.want(r.piece(r.session("Q3 report.txt", "rename"), []byte("x"), 0, 1), 201)
	if again.text("name") != "Q3 report 1.txt" {
		t.Errorf("a taken name became %q", again.text("name"))
	}
	token := r.as(annID, fileScopes)
	share := "/shares/u!" + base64.RawURLEncoding.EncodeToString([]byte(made.text("webUrl"))) + "/driveItem"
	item := r.want(r.graph("GET", share, token, nil), 200)
	drive := "/drives/" + url.PathEscape(item.json["parentReference"].(map[string]any)["driveId"].(string)) + "/items/" + item.text("id")
	for _, path := range []string{drive + "/content", share + "/content"} {
		to := r.want(r.graph("GET", path, token, nil), 302).header.Get("Location")
		if got := r.want(r.do("GET", to, "", nil), 200); got.raw != string(data) {
			t.Errorf("%s: read back %d bytes, want %d", path, len(got.raw), len(data))
		}
	}
	direct, _ := item.json["@microsoft.graph.downloadUrl"].(string)
	if got := r.do("GET", direct, "", nil, "Range", "bytes=0-15"); got.status != 206 || got.raw != "0123456789abcdef" {
		t.Errorf("a part: %d %q", got.status, got.raw)
	}
	small := r.want(r.graph("PUT", r.folder(deals)+":/small.txt:/content", token, "tiny", "Content-Type", "text/plain"), 201)
	replaced := r.want(r.graph("PUT", r.folder(deals)+":/small.txt:/content", token, "tinier", "Content-Type", "text/plain"), 200)
	if small.text("id") != replaced.text("id") || small.text("eTag") == replaced.text("eTag") {
		t.Errorf("put %s, then %s", small.raw, replaced.raw)
	}
	r.want(r.do("DELETE", r.session("given up.txt", "fail"), "", nil), 204)
}

func TestFilesOfMessages(t *testing.T) {
	r := newRig(t)
	token := r.as(annID, fileScopes)
	made := r.want(r.piece(r.session("plan.txt", "rename"), []byte("the plan"), 0, 8), 201)
	guid := strings.ToLower(strings.Trim(strings.Split(made.text("eTag"), ",")[0], `"{}`))
	body := with(say(`<p>see <attachment id="`+guid+`"></attachment></p>`), "attachments", []any{
		map[string]any{"id": guid, "contentType": "reference", "contentUrl": made.text("webUrl"), "name": "plan.txt"},
	})
	posted := r.want(r.graph("POST", messagesPath(deals), token, body), 201)
	kept, _ := r.tenant.Message(deals, posted.text("id"))
	if len(kept.Files) != 1 || string(kept.Files[0].Data) != "the plan" || kept.Files[0].Name != "plan.txt" {
		t.Errorf("the World keeps %+v", kept.Files)
	}
	said, err := r.w.Share(TenantName, deals, benID, "", r.c.newMessageID(), world.Text("mine"), []world.File{
		{ID: "1", Name: "plan.txt", Type: "text/plain", Data: []byte("another plan")}, {ID: "2", Type: "image/png", Data: []byte("\x89PNG")},
	})
	must(t, err)
	got := r.want(r.graph("GET", messagesPath(deals)+"/"+said.ID, token, nil), 200)
	list := got.json["attachments"].([]any)
	if len(list) != 1 || list[0].(map[string]any)["name"] != "plan 1.txt" {
		t.Fatalf("attachments %v", list)
	}
	share := "/shares/u!" + base64.RawURLEncoding.EncodeToString([]byte(list[0].(map[string]any)["contentUrl"].(string))) + "/driveItem/content"
	to := r.want(r.graph("GET", share, token, nil), 302).header.Get("Location")
	if read := r.do("GET", to, "", nil); read.raw != "another plan" {
		t.Errorf("read back %q", read.raw)
	}
	image := between(got.json["body"].(map[string]any)["content"].(string), `src="`, `"`)
	if read := r.want(r.graph("GET", image, token, nil), 200); read.raw != "\x89PNG" || read.header.Get("Content-Type") != "image/png" {
		t.Errorf("the image reads %q", read.raw)
	}
}

// inline is a message with an image in it.
func inline(data []byte) map[string]any {
	return with(say(`<p>look <img src="../hostedContents/1/$value"></p>`), "hostedContents", []any{
		map[string]any{"@microsoft.graph.temporaryId": "1", "contentBytes": base64.StdEncoding.EncodeToString(data), "contentType": "image/png"},
	})
}

func TestContentWithinMessages(t *testing.T) {
	r := newRig(t)
	token := r.as(annID, bridgeScopes)
	root := r.said("root")
	for _, path := range []string{messagesPath(deals), root + "/replies"} {
		posted := r.want(r.graph("POST", path, token, inline([]byte("picture"))), 201)
		at := between(posted.json["body"].(map[string]any)["content"].(string), `src="`, `"`)
		if !strings.HasPrefix(at, r.urls["graph_url"]+"v1.0"+path+"/"+posted.text("id")+"/hostedContents/") {
			t.Errorf("the image is at %q", at)
		}
		if got := r.want(r.graph("GET", at, token, nil), 200); got.raw != "picture" {
			t.Errorf("it reads %q", got.raw)
		}
		listed := r.want(r.graph("GET", path+"/"+posted.text("id")+"/hostedContents", token, nil), 200).values()
		one := r.want(r.graph("GET", path+"/"+posted.text("id")+"/hostedContents/"+listed[0]["id"].(string), token, nil), 200)
		if one.text("id") != listed[0]["id"] || one.json["contentBytes"] != nil {
			t.Errorf("listed %v, one %s", listed, one.raw)
		}
		r.want(r.graph("POST", path+"/"+posted.text("id")+"/softDelete", token, nil), 204)
		r.want(r.graph("GET", at, token, nil), 404)
		r.want(r.graph("POST", path+"/"+posted.text("id")+"/undoSoftDelete", token, nil), 204)
		r.want(r.graph("GET", at, token, nil), 200)
	}
}

// announce begins to put more than is taken, and stops when it is refused.
func (r *rig) announce(at, token string, size int64) answer {
	req, err := http.NewRequestWithContext(r.t.Context(), "PUT", at, io.LimitReader(zeros{}, size))
	must(r.t, err)
	req.ContentLength = size
	req.Header.Set("Expect", "100-continue")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	waiting := &http.Transport{ExpectContinueTimeout: time.Minute}
	defer waiting.CloseIdleConnections()
	resp, err := waiting.RoundTrip(req)
	must(r.t, err)
	defer resp.Body.Close()
	a := answer{status: resp.StatusCode, header: resp.Header}
	must(r.t, json.NewDecoder(resp.Body).Decode(&a.json))
	return a
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func fileCases() provoke {
	upload := func(f func(r *rig, at string) answer) func(*rig) answer {
		return func(r *rig) answer { return f(r, r.session(randomGUID()+".txt", "rename")) }
	}
	name := func(name string, body any) func(*rig) answer {
		return func(r *rig) answer {
			return r.graph("POST", r.folder(deals)+":/"+url.PathEscape(name)+":/createUploadSession", r.as(annID, fileScopes), body)
		}
	}
	post := func(body any) func(*rig) answer {
		return func(r *rig) answer { return r.graph("POST", messagesPath(deals), r.as(annID, bridgeScopes), body) }
	}
	return provoke{
		"graph.drive.own-files": func(r *rig) answer {
			return r.graph("GET", channelPath(deals)+"/filesFolder", r.as(annID, "Files.ReadWrite"), nil)
		},
		"graph.drive.denied": func(r *rig) answer {
			return r.graph("POST", r.folder(deals)+":/x.txt:/createUploadSession", r.as(evaID, fileScopes), nil)
		},
		"graph.drive.item-unknown": func(r *rig) answer { return r.graph("GET", "/drives/b!x/items/01X", r.as(annID, fileScopes), nil) },
		"graph.drive.name":         name("what?.txt", nil),
		"graph.drive.name-taken": func(r *rig) answer {
			r.want(r.piece(r.session("taken.txt", "replace"), []byte("x"), 0, 1), 201)
			return name("taken.txt", map[string]any{"item": map[string]any{"@microsoft.graph.conflictBehavior": "fail"}})(r)
		},
		"graph.drive.conflict-behaviour": name("x.txt", map[string]any{"item": map[string]any{"@microsoft.graph.conflictBehavior": "merge"}}),
		"graph.drive.too-large": func(r *rig) answer {
			return r.announce(r.urls["graph_url"]+"v1.0"+r.folder(deals)+":/large.bin:/content", r.as(annID, fileScopes), maxSimple+1)
		},
		"graph.share.malformed": func(r *rig) answer { return r.graph("GET", "/shares/abc/driveItem", r.as(annID, fileScopes), nil) },
		"graph.share.unknown": func(r *rig) answer {
			return r.graph("GET", "/shares/u!aHR0cDovL3g/driveItem", r.as(annID, fileScopes), nil)
		},
		"sharepoint.token": upload(func(r *rig, at string) answer { return r.do("GET", at, "token", nil) }),
		"sharepoint.session-unknown": func(r *rig) answer {
			return r.do("GET", r.urls["sharepoint_url"]+"_api/x/uploadSession?tempauth=x", "", nil)
		},
		"sharepoint.pass-expired": func(r *rig) answer {
			made := r.want(r.piece(r.session("old.txt", "rename"), []byte("x"), 0, 1), 201)
			share := "/shares/u!" + base64.RawURLEncoding.EncodeToString([]byte(made.text("webUrl"))) + "/driveItem/content"
			to := r.want(r.graph("GET", share, r.as(annID, fileScopes), nil), 302).header.Get("Location")
			r.pass(2 * time.Hour)
			clear(r.tokens)
			return r.do("GET", to, "", nil)
		},
		"sharepoint.range":  upload(func(r *rig, at string) answer { return r.do("PUT", at, "", "x", "Content-Range", "bytes some") }),
		"sharepoint.length": upload(func(r *rig, at string) answer { return r.do("PUT", at, "", "x", "Content-Range", "bytes 0-9/10") }),
		"sharepoint.overlap": upload(func(r *rig, at string) answer {
			r.want(r.piece(at, make([]byte, chunk), 0, 3*chunk), 202)
			return r.piece(at, make([]byte, chunk), 0, 3*chunk)
		}),
		"sharepoint.gap":             upload(func(r *rig, at string) answer { return r.piece(at, make([]byte, chunk), chunk, 3*chunk) }),
		"sharepoint.piece-size":      upload(func(r *rig, at string) answer { return r.piece(at, make([]byte, 100), 0, 1000) }),
		"sharepoint.piece-too-large": upload(func(r *rig, at string) answer { return r.announce(at, "", maxChunk+1) }),
		"graph.hosted.malformed":     post(with(inline([]byte("x")), "hostedContents", []any{map[string]any{"contentBytes": "x"}})),
		"graph.hosted.too-large":     post(inline(make([]byte, 3<<20+maxHosted/2))),
		"graph.hosted.no-marker":     post(with(inline([]byte("x")), "body", map[string]any{"contentType": "html", "content": "x"})),
		"graph.hosted.no-entry":      post(with(inline([]byte("x")), "hostedContents", []any{})),
		"graph.hosted.unknown": func(r *rig) answer {
			return r.graph("GET", r.said("x")+"/hostedContents/abc/$value", r.as(annID, bridgeScopes), nil)
		},
	}
}
