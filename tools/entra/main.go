// Command entra signs in to Microsoft Entra by Microsoft's library for Go, with what the environment has, and prints what came of it as
// JSON. The tests hold the sandbox against it: it is a client that they have not written.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

const (
	audience = "api://AzureADTokenExchange"
	limit    = 30 * time.Second
)

type result struct {
	Token string `json:"token,omitempty"`
	Error string `json:"error,omitempty"`
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	token, err := signIn(ctx, os.Args[1])
	said := result{Token: token}
	if err != nil {
		said.Error = err.Error()
	}
	if err := json.NewEncoder(os.Stdout).Encode(said); err != nil {
		os.Exit(1)
	}
}

func signIn(ctx context.Context, kind string) (string, error) {
	client, err := httpClient()
	if err != nil {
		return "", err
	}
	credential, err := credentialOf(kind, client)
	if err != nil {
		return "", err
	}
	scope := os.Getenv("GMAILSYNC_ENVIRONMENT_URL") + "/.default"
	token, err := credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}})
	return token.Token, err
}

func credentialOf(kind string, client *http.Client) (azcore.TokenCredential, error) {
	options := azcore.ClientOptions{Transport: client, Retry: policy.RetryOptions{MaxRetries: -1}}
	tenant, id := os.Getenv("AZURE_TENANT_ID"), os.Getenv("AZURE_CLIENT_ID")
	switch kind {
	case "secret":
		return azidentity.NewClientSecretCredential(tenant, id, os.Getenv("AZURE_CLIENT_SECRET"), &azidentity.ClientSecretCredentialOptions{ClientOptions: options})
	case "certificate":
		file, err := os.ReadFile(os.Getenv("AZURE_CLIENT_CERTIFICATE_PATH"))
		if err != nil {
			return nil, err
		}
		certificates, key, err := azidentity.ParseCertificates(file, nil)
		if err != nil {
			return nil, err
		}
		return azidentity.NewClientCertificateCredential(tenant, id, certificates, key, &azidentity.ClientCertificateCredentialOptions{ClientOptions: options})
	case "aks":
		return azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{ClientOptions: options})
	case "github":
		ask := func(ctx context.Context) (string, error) { return gitHubToken(ctx, client) }
		return azidentity.NewClientAssertionCredential(tenant, id, ask, &azidentity.ClientAssertionCredentialOptions{ClientOptions: options})
	case "azure-devops":
		return azidentity.NewAzurePipelinesCredential(
			os.Getenv("AZURESUBSCRIPTION_TENANT_ID"), os.Getenv("AZURESUBSCRIPTION_CLIENT_ID"), os.Getenv("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"),
			os.Getenv("SYSTEM_ACCESSTOKEN"), &azidentity.AzurePipelinesCredentialOptions{ClientOptions: options})
	case "gitlab":
		given := func(context.Context) (string, error) { return os.Getenv("ARM_OIDC_TOKEN"), nil }
		return azidentity.NewClientAssertionCredential(tenant, id, given, &azidentity.ClientAssertionCredentialOptions{ClientOptions: options})
	case "managed-identity", "imds":
		return azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{ClientOptions: options})
	default:
		return nil, fmt.Errorf("there is no identity %q", kind)
	}
}

// gitHubToken asks the runner as GitHub documents it ("OpenID Connect reference"): Microsoft's library does not.
func gitHubToken(ctx context.Context, client *http.Client) (string, error) {
	address := os.Getenv("ACTIONS_ID_TOKEN_REQUEST_URL") + "&audience=" + url.QueryEscape(audience)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN"))
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 64*1024))
	if err != nil {
		return "", err
	}
	var given struct{ Value string }
	if err := json.Unmarshal(body, &given); err != nil {
		return "", err
	}
	if given.Value == "" {
		return "", errors.New("the runner gave no token")
	}
	return given.Value, nil
}

// httpClient connects where GMAILSYNC_CONNECT_TO leads, and trusts the CA file.
func httpClient() (*http.Client, error) {
	pem, err := os.ReadFile(os.Getenv("GMAILSYNC_CA_FILE"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	connectTo := map[string]string{}
	for _, pair := range strings.Split(os.Getenv("GMAILSYNC_CONNECT_TO"), ",") {
		if from, to, found := strings.Cut(pair, "="); found {
			connectTo[from] = to
		}
	}
	var dialer net.Dialer
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		if to, found := connectTo[address]; found {
			address = to
		} else if !strings.HasPrefix(address, "127.") {
			return nil, fmt.Errorf("%s is not of the sandbox", address)
		}
		return dialer.DialContext(ctx, network, address)
	}
	return &http.Client{Transport: &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: roots}}}, nil
}
