"""Lines of code, logs, documents and data that hold no secret, though many look a little like one."""

from __future__ import annotations

LINES = r"""
token: string
token: string;
token: str
token: str | None = None
token: Optional[str] = None
max_token=4096
max_tokens=4096
max_tokens: 128000
"max_tokens": 4096,
secret = load()
secret = load_secret("stripe")
secret: str = Field(default="")
password: string
password: String,
password?: string;
password = getpass.getpass()
password = input("Password: ")
password = os.environ["DB_PASSWORD"]
password=os.environ.get("DB_PASSWORD", "")
password=password
password=self.password,
    password=settings.db_password,
def login(user: str, password: str) -> Session:
def get_password(self): return self.ask()
func Login(user string, password string) error {
fn login(password: &str) -> Result<Token, Error> {
private String password;
public string Password { get; set; }
const token = await getToken();
const token = req.headers.authorization?.split(" ")[1];
const { token } = useAuth();
let token = null;
if (token === undefined) {
if token == "":
if not token:
token = next(tokens)
token = tokens[0]
token := lexer.Next()
token = self._advance()
next_token: int = 0
next_page_token = response.get("next_page_token")
eos_token="</s>"
bos_token: "<s>"
pad_token='[PAD]'
unk_token="<unk>"
"eos_token": "<|endoftext|>",
tokenizer.pad_token = tokenizer.eos_token
TOKEN = "token"
TOKEN_URL = "https://login.invalid/oauth/token"
token_type: "bearer"
"token_type": "Bearer",
"grant_type": "password",
<input type="password" name="password" id="password">
<label for="password">Password</label>
<PasswordField label="Password" value={password} />
placeholder="Enter your password"
"password": "Passwort",
"password": "Password is required",
"password": {"type": "string", "minLength": 8}
"token": {"type": "string"},
"required": ["username", "password"]
"secret": true,
"secret": null
api_key: str = ""
api_key = None
api_key=os.getenv("OPENAI_API_KEY")
api_key = config["api_key"]
apiKey: process.env.API_KEY,
apiKey: string
OPENAI_API_KEY=your-api-key-here
OPENAI_API_KEY=<your key>
OPENAI_API_KEY=
OPENAI_API_KEY=sk-...
ANTHROPIC_API_KEY=${ANTHROPIC_API_KEY}
API_KEY=$API_KEY
API_KEY="$(cat /run/secrets/api_key)"
DB_PASSWORD=changeme
DB_PASSWORD={{ db_password }}
password: {{ .Values.password }}
password: ${{ secrets.DB_PASSWORD }}
token: ${{ secrets.GITHUB_TOKEN }}
token: !vault |
env_key: "OPENAI_API_KEY"
export GITHUB_TOKEN=$(gh auth token)
secretName: db-credentials
existingSecret: redis-auth
imagePullSecrets: registry
secretKeyRef: {name: db, key: password}
password_file: /run/secrets/db_password
PASSWORD_FILE=/run/secrets/db
private_key: /etc/ssl/private/quay.key
private_key = serialization.load_pem_private_key(data, password=None)
ssl_key=./certs/key.pem
key = "value"
key: value
key=lambda item: item[1]
sorted(items, key=len)
key = f"{user}:{item}"
cache_key = "user:1234:profile:v2"
cache_key=sha256(path.encode()).hexdigest()
key: linux-pip-3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b
primary_key=True
primary_key: "customer_id"
foreign_key = "harbours.id"
partition_key = "tenant#42"
sort_key="berth#2026-11-30"
public_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ
s3_key = "data/2026/11/part-00001.parquet"
"key": "Enter",
"key": "ctrl+shift+k"
keyboard: none
monkey=banana12345678901234
hotkey: ctrl+alt+f12
author: Ann Berth
authorization: required
Authorization: Bearer <token>
Authorization: Bearer $TOKEN
Authorization: Bearer ${TOKEN}
-H "Authorization: Bearer $GITHUB_TOKEN"
headers={"Authorization": f"Bearer {token}"}
"Authorization": "Bearer " + token
headers["Authorization"] = "Bearer {}".format(token)
securitySchemes: bearerAuth: type: http, scheme: bearer
Basic authentication is not supported
Bearer authentication is required
Basic Understanding of berths
cookie: Cookie | None
document.cookie
cookies = http.cookies.SimpleCookie()
Set-Cookie is sent once
curl -u "$USER:$PASS" https://quay.invalid
curl -sSf https://quay.invalid/install.sh | sh
curl -u user https://quay.invalid
mysql -u root -p harbour
mysql -p"$MYSQL_PASSWORD" harbour
mysql --protocol=tcp --port=3306
mkdir -p src/harbour/berths
docker run -p 8080:80 quay
docker login --password-stdin
ssh -p 2222 ann@quay.invalid
redis-cli -h cache.invalid ping
grep -w token src/lexer.py
git clone https://github.com/ann/quay.git
git clone git@github.com:ann/quay.git
git push https://ann@github.com/ann/quay.git
ssh://git@github.com:22/ann/quay.git
postgres://localhost:5432/harbour
postgres://user:password@localhost:5432/harbour
postgres://ann:${DB_PASSWORD}@db/harbour
http://localhost:8080/a@b
http://[::1]:8080/berths
see https://docs.invalid/a@b and mail me@harbour.invalid
mailto:ann@harbour.invalid
npm install @scope/pkg@1.2.3
uses: actions/checkout@v4
--token TOKEN          the token to use
--token string   token of the service
--password PASSWORD
--password <password>
--api-key KEY  your key
Use the --password option to set it.
Pass the token with --token or TOKEN.
the token count is 5, and the password reset mail is on its way
the password is required
the password is case-sensitive
the secret is out
The token is invalid or expired
Error: invalid token
error: token expired at 2026-11-30T12:00:00Z
HTTP 401: invalid api key
password must have at least 8 characters
pass: 31, fail: 0
PASS: test_berths.py::test_mooring
--- PASS: TestHarbour/berth_1 (0.00s)
31 passed, 1 skipped in 0.53s
bypass=true
PWD=/home/ann/harbour
OLDPWD=/Users/Ann/Quay
pwd: /home/ann
compass: north
commit 3b18e512dba79e4c8300dd08aeb37f8e728b8dad
index 3b18e51..d670460 100644
sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
"integrity": "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="
"hash": "d41d8cd98f00b204e9800998ecf8427e"
md5 = 'd41d8cd98f00b204e9800998ecf8427e'
id: 123e4567-e89b-12d3-a456-426614174000
"request_id": "123e4567-e89b-12d3-a456-426614174000"
Idempotency-Key: 123e4567-e89b-12d3-a456-426614174000
session 20261130-195223-a1b2c3
uid=1000(ann) gid=1000(ann)
etag: "33a64df551425fcc55e4d42a148795d9f25f89d4"
image: registry.invalid/quay@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==
-----BEGIN CERTIFICATE-----
if line.startswith("-----BEGIN RSA PRIVATE KEY-----"):
PEM_HEADER = "-----BEGIN PRIVATE KEY-----"
-----BEGIN PUBLIC KEY-----
task_id: desk-1, risk-free, disk-usage-monitor-2026
task-force-2026-harbour-berths
class="sk-estimator-doc-link-2 sk-top-container"
pk_of_the_table_of_berths
sk_learn_model_v2_with_long_name
hf_hub_download(repo_id="ann/quay")
npm_config_registry=https://registry.npmjs.org
npm_lifecycle_event=test
gh_actions_runner_version
xoxo, Ann
key-value-store-2026
key_id = "berth-1"
pat_match = re.match(pattern, text)
live_reload_of_the_berths_page_2026
test_pdist_euclidean_random_float32_and_more
"AWS::IAM::AccessKey": "62d91b17309e76c8"
arn:aws:secretsmanager:eu-west-1:123456789012:secret:quay
vault kv get secret/harbour
"ARN": "arn:aws:secretsmanager:us-west-2:123456789012:secret:HarbourBerth-a1b2c3"
"ChangeToken": "abcd12f2-46da-4fdb-b8d5-fbd4c466928f",
op://vault/quay/password
secret: vault:secret/data/quay#password
lexer.token(r'[a-z]+')
def p_expr(p): token = p[1]
enum Token { Number(i64), Ident(String) }
type Token = { kind: string; value: string };
interface Props { secret: boolean; token?: string }
export const SECRET = Symbol("secret");
export function useToken(token: Token): void {
return jwt.sign(payload, secret, { expiresIn: "1h" });
bcrypt.compare(password, user.passwordHash)
passwordHash: "$2b$12$abcdefghijklmnopqrstuv"
client_token=self._get_param("clientToken"),
credentials = service_account.Credentials.from_file(path)
credentials: "include"
credentials: same-origin
creds = " --username=%s --password=%s" % (user, word)
auth=(user, password)
auth: AuthConfig
"auth": {"strategy": "oauth2"}
signature = inspect.signature(function)
signature: "(a: int, b: str) -> None"
signature=parsed_signature,
x-api-key: {{ api_key }}
X-Api-Key: your-key
INSERT INTO users (name, password) VALUES (?, ?)
CREATE TABLE users (id INT, password VARCHAR(255), token TEXT)
ALTER TABLE users ADD COLUMN password_reset_token TEXT;
SELECT token FROM sessions WHERE token = ?
WHERE password = %s
CREATE USER ann WITH PASSWORD :password
tokens: 1500 in, 300 out
input_tokens=1200 output_tokens=300 total_tokens=1500
Token usage: total=37,123 input=35,000 (+ 1,024 cached) output=2,123
secrets.token_hex(16)
from secrets import token_urlsafe
import secrets
const crypto = require("crypto");
assert token.type == "NAME"
expected_token = Token(NUMBER, "42")
[auth] method = oauth
"scripts": {"test": "jest --passWithNoTests"}
eyJ is how a token begins
AKIA is the prefix of a key id
glpat- is a prefix, ghp_ too
"Credential": ".credential",
creds = FakeCredentials(quota_project_id="test_project")
    private_key: PKCS7PrivateKeyTypes,
    private_key: ed25519.Ed25519PrivateKey,
secret = azure_client.get_secret(secret_name).value
    credentials=boto3_credentials_info.credentials,
def test_forecast_weighs_recent_growth_with_a_thousand_a_call() -> None:
data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
"integrity": "sha512-3pk4JcF8cUYVg5OkE3C0q1Vh0m8yB2nQvLw7sXzT9dRaJf6uIb5HgKpMeWnCxZyS4tD8oArEiUlBfQjGvHkNPw==",
github.com/x/y v1.2.3 h1:8UJf7bauxevDPdjpodtJbL6mSgwZn3xXNj+QEhJv6ZI=
toolu_01A09q90qw90lq917835lq9 call_9q90qw90lq917835lq9aB msg_01XFDUDYJgAACzvnptvVoYEL req_011CSHoEeqs5C35K2UUqR7Fy
resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b fc_67ca09c6bedc8190a7abfec07b1a1332096610f474011cc0
index 3f1c2ab..9d4e5f0 100644
| 1234567890123456 | berth | quay | tide |
api_version_of_the_harbour_service_in_region_2 = 3
web_components_of_the_screen_and_its_rows = []
key_of_the_row_under_the_cursor_42 = row.key
pk_berth = Column(primary_key=True)
sl.useState(harbour), sk.fit(tides), pk.load(open(path))
NF-kB and p53 in 24 samples; BSA 10 mg/ml
user:harbour:read service:harbour-api-gateway:latest
{"username": "ann", "key": "ArrowDown"}
""".strip().split("\n")
"""At least 200 lines."""
