"""One object of each noun of /api/integrations."""

import base64
import io

from PIL import Image

from tests.contract.directory.conftest import Directory


def everything(directory: Directory, suffix: str = "") -> dict[str, str]:
    """An id of each noun, by its collection's name. `suffix` makes e-mail addresses differ.

    The organization is the key's own; it gets a logo.
    """
    email = f"jane{suffix.replace(' ', '-')}@initech.test"
    organization = directory.get("/organizations").json["data"][0]["id"]
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(picture, "PNG")
    logo = f"data:image/png;base64,{base64.b64encode(picture.getvalue()).decode()}"
    assert directory.put(f"/organizations/{organization}", {"logo": logo}).status == 200
    return {"users": directory.made(email=email)["id"], "organizations": organization}
