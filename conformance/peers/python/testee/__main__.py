import asyncio

from testee.contract import main

asyncio.run(main())
